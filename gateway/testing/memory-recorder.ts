import type { EndInput, EntryInput, Headers, IntentInput, NoteInput, SessionInput, UpstreamRequestInput } from '../record/record-input.ts';
import type { ExchangeRecord, Recorder } from '../record/recorder.ts';

/** What a recorder was told about one exchange, in memory. */
export type RememberedExchange = {
  readonly intent: IntentInput;
  requestBody: Buffer;
  upstreamRequest?: UpstreamRequestInput;
  wasDurable: boolean;
  status?: number;
  responseHeaders?: Headers;
  responseBody: Buffer;
  responseBytes: number;
  end?: EndInput;
};

export type MemoryRecorder = Recorder & {
  readonly exchanges: RememberedExchange[];
  readonly sessions: Map<string, SessionInput & { closed?: string }>;
  readonly notes: NoteInput[];
  readonly entries: EntryInput[];
  /** While set, nothing becomes durable. */
  hold: Promise<void> | undefined;
  /** While set, nothing can be recorded. */
  down: Error | undefined;
  /** Bodies above this many bytes are counted, not kept. */
  keepBytes: number;
};

/** A recorder without a disk, for tests of the stages around it. */
export function createMemoryRecorder(): MemoryRecorder {
  const recorder: MemoryRecorder = {
    exchanges: [],
    sessions: new Map(),
    notes: [],
    entries: [],
    hold: undefined,
    down: undefined,
    keepBytes: 1_000_000,
    openSession(session) {
      if (recorder.sessions.get(session.sessionId)?.closed !== undefined)
        throw Object.assign(new Error('closed'), { name: 'SessionClosed' });
      if (!recorder.sessions.has(session.sessionId)) recorder.sessions.set(session.sessionId, session);
    },
    open(intent) {
      if (recorder.down !== undefined) throw recorder.down;
      const exchange: RememberedExchange = {
        intent,
        requestBody: Buffer.alloc(0),
        wasDurable: false,
        responseBody: Buffer.alloc(0),
        responseBytes: 0,
      };
      recorder.exchanges.push(exchange);
      return toRecord(exchange, recorder);
    },
    note: (note) => void recorder.notes.push(note),
    enter: async (entry) => ({ index: recorder.entries.push(entry) - 1, text: JSON.stringify(entry) }),
    turnSegment: async () => undefined,
    async closeSession(sessionId, reason) {
      const session = recorder.sessions.get(sessionId);
      if (session !== undefined) recorder.sessions.set(sessionId, { ...session, closed: reason });
    },
    async close() {},
    state: () => ({
      ready: recorder.down === undefined,
      queuedBytes: 0,
      openSessions: recorder.sessions.size,
      closedSessions: [...recorder.sessions.values()].filter(({ closed }) => closed !== undefined).length,
      openExchanges: 0,
      segment: 'memory',
      journalBytes: 0,
      fsyncs: 0,
      recovered: { reconciled: 0, sessionsClosed: 0, quarantinedBytes: 0 },
    }),
  };
  return recorder;
}

function toRecord(exchange: RememberedExchange, recorder: MemoryRecorder): ExchangeRecord {
  return {
    exchangeId: exchange.intent.exchangeId,
    requestBody(bytes) {
      exchange.requestBody = Buffer.concat([exchange.requestBody, bytes]);
      return true;
    },
    upstreamRequest(request) {
      exchange.upstreamRequest = request;
    },
    async durable() {
      await recorder.hold;
      exchange.wasDurable = true;
    },
    responseHead(status, headers) {
      exchange.status = status;
      exchange.responseHeaders = headers;
    },
    responseBody(bytes) {
      exchange.responseBytes += bytes.length;
      if (exchange.responseBytes <= recorder.keepBytes) exchange.responseBody = Buffer.concat([exchange.responseBody, bytes]);
      return true;
    },
    upstreamResponseBody: () => true,
    drained: async () => undefined,
    async end(facts) {
      if (exchange.end !== undefined) throw new Error('ended twice');
      exchange.end = facts;
      await recorder.hold;
    },
  };
}
