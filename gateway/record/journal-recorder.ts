import { assert } from '../../shared/base/assert.ts';
import { FORMAT_VERSION } from '../../shared/bundle/format.ts';
import { formatTlogProof } from '../../shared/bundle/tlog-proof.ts';
import { appendIntent } from './append-intent.ts';
import { appendNote } from './append-note.ts';
import type { Carry } from './carry.ts';
import type { RecordClock } from './clock.ts';
import { appendColumns, appendMissingColumns } from './columns/append-columns.ts';
import { ColumnMaker } from './columns/column-maker.ts';
import type { MadeColumns } from './columns/make-columns.ts';
import type { RecoveredColumns } from './columns/recover-columns.ts';
import { CellDigests } from './content-free/cell-digests.ts';
import { loadOrCreateContentKey } from './content-free/content-key.ts';
import { withoutMessage } from './content-free/without-content.ts';
import { carriesCredentials } from './credentials.ts';
import type { DiskReserve } from './disk-reserve.ts';
import { toEntryLeaf } from './entry-leaf.ts';
import type { Escrow } from './escrow/open-escrow.ts';
import { appendReconcile, RecordedExchange } from './exchange-record.ts';
import type { Journal } from './journal.ts';
import type { KeyRing } from './key-ring.ts';
import { leafName } from './leaf-text.ts';
import type { Reconciled } from './reconcile-exchanges.ts';
import { RecorderDown, SessionClosed } from './record-errors.ts';
import type { EntryInput, IntentInput, NoteInput, SessionInput, WriterEntry } from './record-input.ts';
import type { Recorder, RecorderState } from './recorder.ts';
import type { Salts } from './salts.ts';
import { discloseInto, emptySession, SessionLog, type SessionState } from './session-log.ts';
import { WriterLog } from './writer-log.ts';

type Parts = {
  readonly directory: string;
  readonly journal: Journal;
  readonly keys: KeyRing;
  readonly clock: RecordClock;
  readonly salts: Salts;
  readonly reserve: DiskReserve;
  readonly carry: Carry;
  readonly escrow: Escrow | undefined;
  readonly closedSessionIds: ReadonlySet<string>;
  readonly quarantinedBytes: number;
  readonly onSigned: ((checkpoint: string, closesSession: boolean) => void) | undefined;
  /** Lets go of the lease. */
  readonly release: () => void;
};

/** The recorder over one journal: sessions, their open exchanges, and the writer log above them. */
export class JournalRecorder implements Recorder {
  readonly #parts: Parts;
  readonly #sessions = new Map<string, SessionLog>();
  /** Those whose column digests may still come. */
  readonly #byNumber = new Map<number, SessionLog>();
  readonly #closed: Set<string>;
  readonly #exchanges = new Set<RecordedExchange>();
  readonly #idle = new Map<string, () => void>();
  readonly #closing = new Map<string, Promise<void>>();
  readonly #columns: ColumnMaker;
  #cellDigests: CellDigests | undefined;
  readonly #recovered: RecorderState['recovered'];
  #writerLog: WriterLog;
  #lastSessionNumber: number;
  #isLow = false;
  #isClosed = false;
  #reconciling: Carry['exchanges'] = [];
  #announcing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { carry, journal, keys, clock, salts } = parts;
    this.#writerLog = new WriterLog(carry.writerLog, keys, journal, clock, parts.onSigned);
    this.#lastSessionNumber = carry.lastSessionNumber;
    this.#closed = new Set(parts.closedSessionIds);
    this.#reconciling = carry.exchanges;
    for (const state of carry.sessions) this.#sessions.set(state.sessionId, new SessionLog(state, journal, clock, salts));
    this.#columns = new ColumnMaker({ directory: parts.directory, written: () => journal.durable(), onMade: this.#onMade });
    this.#recovered = {
      reconciled: carry.exchanges.length,
      sessionsClosed: carry.sessions.length,
      quarantinedBytes: parts.quarantinedBytes,
    };
  }

  /** Ends what the last writer left open, each exchange with exactly one reconcile, each session as `recovered`. */
  async recover(epoch: number, software: string, reconciled: readonly Reconciled[], columns: RecoveredColumns): Promise<void> {
    const { keys, journal, salts } = this.#parts;
    this.#writerLog.append(({ at, index }) => ({
      at,
      epoch,
      formatVersion: FORMAT_VERSION,
      index,
      kind: 'writer-open',
      software,
      writer: keys.name,
    }));
    const byNumber = new Map([...this.#sessions.values()].map((session) => [session.number, session]));
    for (const { open, outcome } of reconciled) {
      const session = byNumber.get(open.session);
      assert(session !== undefined, `exchange ${open.exchangeId} belongs to an open session`);
      const error = (open.content === undefined ? outcome.job : withoutMessage(outcome.job))?.errorResult;
      const jobError = error === undefined ? undefined : discloseInto(journal, salts, session.number, open.exchange, 'job-error', error);
      appendReconcile(session, open, outcome, jobError);
    }
    for (const made of columns.made) appendColumns(byNumber.get(made.session)!, journal, made);
    for (const due of columns.missing) appendMissingColumns(byNumber.get(due.session)!, due, 'The gateway ended before they were made.');
    this.#reconciling = [];
    for (const session of byNumber.values()) this.#appendClose(session, 'recovered', 'recovered');
    this.#writerLog.sign();
    await journal.mark();
    await this.tendKeys();
  }

  /** Announces a key that waits for it, and destroys one whose time is over; to be called about once a second. */
  async tendKeys(): Promise<void> {
    if (this.#refusal() !== undefined) return;
    const { keys, clock } = this.#parts;
    keys.look();
    if (!keys.isRotating) return;
    this.#announcing ??= this.#announceKey().finally(() => {
      this.#announcing = undefined;
    });
    await this.#announcing;
    keys.retireIfDue(new Date(clock.stamp().at));
  }

  async #announceKey(): Promise<void> {
    const { keys, journal } = this.#parts;
    const announcement = keys.announcement();
    if (announcement === undefined) return;
    const { key, keyEpoch, overlapMs, supersedes } = announcement;
    // The audit path of the newest entry is the border of the tree before it.
    const path = this.#writerLog.tree.border.toReversed();
    let [announcedAt, overlapUntil] = ['', ''];
    const { index, text } = this.#writerLog.append(({ at, index }) => {
      announcedAt = at;
      overlapUntil = new Date(Date.parse(at) + overlapMs).toISOString();
      return { at, index, key, keyEpoch, kind: 'key-rotation', overlapUntil, supersedes };
    });
    const checkpoint = this.#writerLog.sign();
    assert(checkpoint !== undefined, 'an entry was just added');
    await journal.mark();
    keys.announced(announcedAt, overlapUntil, { leaf: text, proof: formatTlogProof(index, path, checkpoint) });
  }

  openSession(session: SessionInput): void {
    const known = this.#sessions.get(session.sessionId);
    if (known?.isClosing || this.#closed.has(session.sessionId)) throw new SessionClosed(session.sessionId);
    if (known !== undefined) return;
    this.#check();
    const { journal, clock, salts, keys } = this.#parts;
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
    this.#byNumber.set(number, log);
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
      writer: keys.name,
    }));
  }

  open(intent: IntentInput): RecordedExchange {
    this.#check();
    const session = this.#sessions.get(intent.sessionId);
    if (session === undefined || session.isClosing) throw new SessionClosed(intent.sessionId);
    this.#parts.journal.turnIfLarge();
    const number = session.exchanges + 1;
    const at = (intent.at ?? new Date()).toISOString();
    const cellDigests = intent.content === 'content-free' ? this.#openCellDigests() : undefined;
    appendIntent(session, number, intent);
    session.exchanges = number;
    session.openExchanges += 1;
    const withholds = carriesCredentials(intent.request.target, intent.request.headers);
    const { journal, salts, escrow } = this.#parts;
    const exchange = new RecordedExchange({
      session,
      number,
      intent,
      at,
      withholds,
      cellDigests,
      escrow,
      journal,
      salts,
      onEnd: this.#onEnd,
    });
    this.#exchanges.add(exchange);
    return exchange;
  }

  #openCellDigests(): CellDigests {
    this.#cellDigests ??= new CellDigests(loadOrCreateContentKey(this.#parts.directory));
    return this.#cellDigests;
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

  async turnSegment(): Promise<void> {
    this.#check();
    const { journal } = this.#parts;
    const before = journal.segmentName;
    journal.turn();
    await journal.mark();
    while (journal.segmentName === before && journal.failure === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
    await journal.mark();
  }

  async closeSession(sessionId: string, reason: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    session.isClosing = true;
    let closing = this.#closing.get(sessionId);
    if (closing === undefined) {
      closing = this.#closeWhenIdle(session, reason).finally(() => this.#closing.delete(sessionId));
      this.#closing.set(sessionId, closing);
    }
    await closing;
  }

  async #closeWhenIdle(session: SessionLog, reason: string): Promise<void> {
    if (session.openExchanges > 0) await new Promise<void>((resolve) => this.#idle.set(session.sessionId, resolve));
    await this.#columns.settle(() => session.columnsDue > 0);
    if (session.columnsDue > 0) this.#declareMissing(session);
    this.#appendClose(session, reason, 'closed');
    this.#writerLog.sign();
    await this.#parts.journal.mark();
  }

  #declareMissing(session: SessionLog): void {
    for (const due of this.#columns.listDue(session.number))
      appendMissingColumns(session, due, `They could not be made: ${this.#columns.failure?.message ?? 'the recorder is closed'}.`);
    this.#columns.forget(session.columnsDue);
    session.columnsDue = 0;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const journal = this.#parts.journal;
    if (journal.failure === undefined) await Promise.all([...this.#sessions.keys()].map((id) => this.closeSession(id, 'gateway-stopped')));
    this.#isClosed = true;
    await this.#columns.close();
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
      ...(this.#columns.failure === undefined ? {} : { columnsFailure: this.#columns.failure.message }),
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
      columnsFrom: this.#columnsFrom(),
    };
  }

  /** The segment where the oldest answer begins whose columns are, or may be, still to come. */
  #columnsFrom(): string {
    const segments = [...this.#exchanges].map(({ segment }) => segment);
    return [...segments, this.#columns.oldest ?? this.#parts.journal.plannedSegment].sort()[0]!;
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

  readonly #onMade = (made: MadeColumns): void => {
    const { journal } = this.#parts;
    const session = this.#byNumber.get(made.session);
    if (session === undefined || journal.failure !== undefined) return;
    session.columnsDue -= 1;
    appendColumns(session, journal, made);
    journal.schedule();
  };

  readonly #onEnd = (exchange: RecordedExchange, columnsDue: number): void => {
    if (columnsDue > 0) this.#columns.add(columnsDue, () => this.#columnsFrom());
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
    this.#byNumber.delete(session.number);
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
