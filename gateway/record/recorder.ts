import type {
  EndInput,
  EntryInput,
  Headers,
  IntentInput,
  NoteInput,
  Reconciler,
  SessionInput,
  UpstreamRequestInput,
  WriterEntry,
} from './record-input.ts';

/** Bytes handed to a recorder are kept by reference until written: the caller must not change them afterwards. */
export type ExchangeRecord = {
  readonly exchangeId: string;
  /** What the client sent, verbatim. `false`: wait for `drained()` before sending more. */
  requestBody(bytes: Uint8Array): boolean;
  /** What goes to BigQuery, where it differs from what the client sent. */
  upstreamRequest(request: UpstreamRequestInput): void;
  /** All appended so far survives power loss. Rejects with RecorderDown. */
  durable(): Promise<void>;
  responseHead(status: number, headers: Headers): void;
  /**
   * Verbatim what the client gets. `false`: wait for `drained()`. Throws RowsUnreadable where the exchange is content-free and the rows cannot be
   * told apart: then nothing of these bytes is kept, and they must not be delivered.
   */
  responseBody(bytes: Uint8Array): boolean;
  /** What came from BigQuery, only where it differs (masking): digest and length are kept; the bytes only for the escrow, sealed. */
  upstreamResponseBody(bytes: Uint8Array): boolean;
  drained(): Promise<void>;
  /** Exactly once; durable when resolved. Rejects with RecorderDown; with RowsUnreadable where rows end too early for `complete`: then end anew. */
  end(facts: EndInput): Promise<void>;
};

export type RecorderState = {
  readonly ready: boolean;
  /** Why it is not ready, with the remedy. */
  readonly reason?: string;
  readonly queuedBytes: number;
  readonly openSessions: number;
  /** Since this writer opened, and durably; what recovery closed is counted. */
  readonly closedSessions: number;
  readonly openExchanges: number;
  readonly segment: string;
  readonly journalBytes: number;
  readonly fsyncs: number;
  /** Why no more digests of columns are made; sessions then declare them missing. */
  readonly columnsFailure?: string;
  /** Exchanges that recovery found open when this recorder started, by what became of them. */
  readonly recovered: { readonly reconciled: number; readonly sessionsClosed: number; readonly quarantinedBytes: number };
};

export type Recorder = {
  /** Idempotent while the session is open; throws SessionClosed for a session that was closed (also by recovery: take a fresh id then). */
  openSession(session: SessionInput): void;
  /** The exchange is born: appended, not yet durable. Throws RecorderDown (the gateway answers 503) or IntentTooLarge. */
  open(intent: IntentInput): ExchangeRecord;
  note(note: NoteInput): void;
  /** An entry of the writer log of its own: durable and under a signed checkpoint when resolved. Rejects with RecorderDown. */
  enter(entry: EntryInput): Promise<WriterEntry>;
  /** Seals the segment that is being written and begins the next; the old one is finished when resolved. Rejects with RecorderDown. */
  turnSegment(): Promise<void>;
  /** Open exchanges of the session are waited for; then its head is signed into the writer log. Durable when resolved. */
  closeSession(sessionId: string, reason: string): Promise<void>;
  close(): Promise<void>;
  state(): RecorderState;
};

export type RecorderOptions = {
  /** Data directory of the writer: made with mode 0700 when missing. */
  readonly directory: string;
  /** Name of this gateway in signatures (a schema-less URL); default `steno.local/gateway`. Fixed at first use. */
  readonly writerName?: string;
  readonly now?: () => Date;
  /** Microseconds since the writer opened, and 16 random bytes a call; told only where every byte must be the same again (fixtures). */
  readonly monotonicUs?: () => number;
  readonly salts?: () => Buffer;
  /** How often heads of open sessions are signed, and answers looked through for columns; default 2,000 and 100. */
  readonly signEveryMs?: number;
  readonly columnsEveryMs?: number;
  readonly reconcile?: Reconciler;
  /** Age recipients to whom the clear text of changed answers is sealed; without them only its digest is kept. */
  readonly escrow?: { readonly recipients: readonly string[] } | undefined;
  /** A segment is sealed and a fresh one begun past this size; default 256 MiB. */
  readonly segmentBytes?: number;
  /** Back-pressure begins past this many queued bytes; default 16 MiB. */
  readonly queueBytes?: number;
  /** Space set aside so that the end of what is under way can still be written when the disk is full; default 8 MiB. */
  readonly reserveBytes?: number;
  /** Heartbeat of an idle writer; default 60,000. */
  readonly heartbeatMs?: number;
  /** Every signed checkpoint, perhaps not durable yet; `closesSession`: it covers the end of a session. */
  readonly onSigned?: (checkpoint: string, closesSession: boolean) => void;
  /** Called once when the writer stops for good (fsync or write error). */
  readonly onDown?: (error: Error) => void;
};
