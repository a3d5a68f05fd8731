import { assert } from '../../shared/base/assert.ts';
import type { SignerKey } from '../../shared/bundle/ed25519-key.ts';
import { FORMAT_VERSION } from '../../shared/bundle/format.ts';
import { appendIntent } from './append-intent.ts';
import { appendNote } from './append-note.ts';
import type { Carry } from './carry.ts';
import type { RecordClock } from './clock.ts';
import { carriesCredentials } from './credentials.ts';
import type { DiskReserve } from './disk-reserve.ts';
import { toEntryLeaf } from './entry-leaf.ts';
import { appendReconcile, RecordedExchange } from './exchange-record.ts';
import type { Journal } from './journal.ts';
import { leafName } from './leaf-text.ts';
import type { Reconciled } from './reconcile-exchanges.ts';
import { RecorderDown, SessionClosed } from './record-errors.ts';
import type { EntryInput, IntentInput, NoteInput, SessionInput, WriterEntry } from './record-input.ts';
import type { Recorder, RecorderState } from './recorder.ts';
import type { Salts } from './salts.ts';
import { discloseInto, emptySession, SessionLog, type SessionState } from './session-log.ts';
import { WriterLog } from './writer-log.ts';

type Parts = {
  readonly journal: Journal;
  readonly key: SignerKey;
  readonly clock: RecordClock;
  readonly salts: Salts;
  readonly reserve: DiskReserve;
  readonly carry: Carry;
  readonly closedSessionIds: ReadonlySet<string>;
  readonly quarantinedBytes: number;
  /** Lets go of the lease. */
  readonly release: () => void;
};

/** The recorder over one journal: sessions, their open exchanges, and the writer log above them. */
export class JournalRecorder implements Recorder {
  readonly #parts: Parts;
  readonly #sessions = new Map<string, SessionLog>();
  readonly #closed: Set<string>;
  readonly #exchanges = new Set<RecordedExchange>();
  readonly #idle = new Map<string, () => void>();
  readonly #recovered: RecorderState['recovered'];
  #writerLog: WriterLog;
  #lastSessionNumber: number;
  #isLow = false;
  #isClosed = false;
  #reconciling: Carry['exchanges'] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    const { carry, journal, key, clock, salts } = parts;
    this.#writerLog = new WriterLog(carry.writerLog, key, journal, clock);
    this.#lastSessionNumber = carry.lastSessionNumber;
    this.#closed = new Set(parts.closedSessionIds);
    this.#reconciling = carry.exchanges;
    for (const state of carry.sessions) this.#sessions.set(state.sessionId, new SessionLog(state, journal, clock, salts));
    this.#recovered = {
      reconciled: carry.exchanges.length,
      sessionsClosed: carry.sessions.length,
      quarantinedBytes: parts.quarantinedBytes,
    };
  }

  /** Ends what the last writer left open, each exchange with exactly one reconcile, each session as `recovered`. */
  async recover(epoch: number, software: string, reconciled: readonly Reconciled[]): Promise<void> {
    const { key, journal, salts } = this.#parts;
    this.#writerLog.append(({ at, index }) => ({
      at,
      epoch,
      formatVersion: FORMAT_VERSION,
      index,
      kind: 'writer-open',
      software,
      writer: key.name,
    }));
    const byNumber = new Map([...this.#sessions.values()].map((session) => [session.number, session]));
    for (const { open, outcome } of reconciled) {
      const session = byNumber.get(open.session);
      assert(session !== undefined, `exchange ${open.exchangeId} belongs to an open session`);
      const error = outcome.job?.errorResult;
      const jobError = error === undefined ? undefined : discloseInto(journal, salts, session.number, open.exchange, 'job-error', error);
      appendReconcile(session, open, outcome, jobError);
    }
    this.#reconciling = [];
    for (const session of byNumber.values()) this.#appendClose(session, 'recovered', 'recovered');
    this.#writerLog.sign();
    await journal.mark();
  }

  openSession(session: SessionInput): void {
    const known = this.#sessions.get(session.sessionId);
    if (known?.isClosing || this.#closed.has(session.sessionId)) throw new SessionClosed(session.sessionId);
    if (known !== undefined) return;
    this.#check();
    const { journal, clock, salts, key } = this.#parts;
    const { kind, issuer, subject } = session.principal;
    const number = this.#lastSessionNumber + 1;
    this.#lastSessionNumber = number;
    const startedAt = session.startedAt?.toISOString() ?? clock.stamp().at;
    const identityDigest = discloseInto(journal, salts, number, 0, 'session-identity', { kind, issuer, subject });
    const state: SessionState = {
      ...emptySession,
      sessionId: session.sessionId,
      number,
      name: leafName(session.name),
      openedAt: startedAt,
      identityDigest,
    };
    const log = new SessionLog(state, journal, clock, salts);
    this.#sessions.set(session.sessionId, log);
    log.append(0, ({ at, monoUs, prev, seq }) => ({
      at,
      disclosed: { 'session-identity': identityDigest },
      formatVersion: FORMAT_VERSION,
      kind: 'session-open',
      monoUs,
      name: log.name,
      number,
      prev,
      seq,
      sessionId: log.sessionId,
      startedAt,
      writer: key.name,
    }));
  }

  open(intent: IntentInput): RecordedExchange {
    this.#check();
    const session = this.#sessions.get(intent.sessionId);
    if (session === undefined || session.isClosing) throw new SessionClosed(intent.sessionId);
    this.#parts.journal.turnIfLarge();
    const number = session.exchanges + 1;
    const at = (intent.at ?? new Date()).toISOString();
    appendIntent(session, number, intent);
    session.exchanges = number;
    session.openExchanges += 1;
    const withholds = carriesCredentials(intent.request.target, intent.request.headers);
    const { journal, salts } = this.#parts;
    const exchange = new RecordedExchange({ session, number, intent, at, withholds, journal, salts, onEnd: this.#onEnd });
    this.#exchanges.add(exchange);
    return exchange;
  }

  note(note: NoteInput): void {
    this.#check();
    if (note.kind === 'policy-change') {
      this.#writerLog.appendPolicyChange(note.policyDigest, note.detail);
      this.#writerLog.sign();
    } else {
      const session = this.#sessions.get(note.sessionId);
      if (session === undefined) throw new SessionClosed(note.sessionId);
      appendNote(session, note);
    }
  }

  async enter(entry: EntryInput): Promise<WriterEntry> {
    this.#check();
    const written = this.#writerLog.append((place) => toEntryLeaf(entry, place));
    this.#writerLog.sign();
    await this.#parts.journal.mark();
    return written;
  }

  async closeSession(sessionId: string, reason: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    session.isClosing = true;
    if (session.openExchanges > 0) await new Promise<void>((resolve) => this.#idle.set(sessionId, resolve));
    if (this.#sessions.get(sessionId) !== session) return;
    this.#appendClose(session, reason, 'closed');
    this.#writerLog.sign();
    await this.#parts.journal.mark();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const journal = this.#parts.journal;
    if (journal.failure === undefined) await Promise.all([...this.#sessions.keys()].map((id) => this.closeSession(id, 'gateway-stopped')));
    this.#isClosed = true;
    await journal.close();
    this.#parts.release();
  }

  state(): RecorderState {
    const { journal } = this.#parts;
    const reason = this.#refusal();
    return {
      ready: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      queuedBytes: journal.queuedBytes,
      openSessions: this.#sessions.size,
      openExchanges: this.#exchanges.size,
      segment: journal.segmentName,
      journalBytes: journal.queue.appended,
      fsyncs: journal.fsyncs,
      recovered: this.#recovered,
    };
  }

  /** What a segment that begins here must carry. */
  carry(): Carry {
    const exchanges = [...this.#reconciling, ...[...this.#exchanges].map((exchange) => exchange.state())];
    const { tree } = this.#writerLog;
    return {
      writerLog: { size: tree.size, border: [...tree.border] },
      lastSessionNumber: this.#lastSessionNumber,
      newest: this.#parts.clock.stamp().at,
      sessions: [...this.#sessions.values()].map((session) => ({ ...session.state(), border: [...session.tree.border] })),
      exchanges,
    };
  }

  /** Heads of sessions with news enter the writer log, and it is signed. True when there was something. */
  signNews(): boolean {
    if (this.#isClosed || this.#parts.journal.failure !== undefined) return false;
    const news = [...this.#sessions.values()].filter((session) => session.hasNews);
    for (const session of news) this.#writerLog.appendHead(session, 'open');
    this.#writerLog.sign();
    return news.length > 0;
  }

  heartbeat(): void {
    if (this.#isClosed || this.#parts.journal.failure !== undefined) return;
    const openSessions = this.#sessions.size;
    const lastSessionNumber = this.#lastSessionNumber;
    this.#writerLog.append(({ at, index }) => ({ at, index, kind: 'heartbeat', lastSessionNumber, openSessions }));
    this.#writerLog.sign();
  }

  /** Looks after the room on the disk; to be called about once a second. */
  watchDisk(): void {
    const { journal, reserve } = this.#parts;
    this.#isLow = reserve.isLow;
    if (journal.isFull && reserve.take()) journal.isFull = false;
  }

  readonly #onEnd = (exchange: RecordedExchange): void => {
    this.#exchanges.delete(exchange);
    const { session } = exchange;
    session.openExchanges -= 1;
    if (session.openExchanges === 0) this.#idle.get(session.sessionId)?.();
  };

  #appendClose(session: SessionLog, reason: string, state: 'closed' | 'recovered'): void {
    session.append(0, ({ at, monoUs, prev, seq }) => ({
      at,
      exchanges: session.exchanges,
      kind: 'session-close',
      monoUs,
      prev,
      reason: leafName(reason),
      seq,
    }));
    this.#writerLog.appendHead(session, state);
    this.#sessions.delete(session.sessionId);
    this.#idle.delete(session.sessionId);
    this.#closed.add(session.sessionId);
  }

  #check(): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw new RecorderDown(refusal);
    this.#parts.clock.check();
  }

  #refusal(): string | undefined {
    const { journal } = this.#parts;
    if (this.#isClosed) return 'The recorder is closed.';
    if (journal.failure !== undefined)
      return `The recorder stopped: ${journal.failure.message}. Restart the gateway when the disk is sound.`;
    if (journal.isFull || this.#isLow) return 'The disk of the journal is full. Make room; the recorder goes on by itself.';
    return undefined;
  }
}
