import { type Place, Roster } from '../../shared/base/roster.ts';
import { FORMAT_VERSION } from '../../shared/bundle/format.ts';
import { appendIntent } from './append-intent.ts';
import { appendNote } from './append-note.ts';
import type { Carry } from './carry.ts';
import type { RecoveredColumns } from './columns/recover-columns.ts';
import { CellDigests } from './content-free/cell-digests.ts';
import { loadOrCreateContentKey } from './content-free/content-key.ts';
import { carriesCredentials } from './credentials.ts';
import { endRecovered } from './end-recovered.ts';
import { toEntryLeaf } from './entry-leaf.ts';
import { RecordedExchange } from './exchange-record.ts';
import { KeyAnnouncer } from './key-announcer.ts';
import { OpenSessions } from './open-sessions.ts';
import type { Reconciled } from './reconcile-exchanges.ts';
import { RecorderDown, SessionClosed } from './record-errors.ts';
import type { EntryInput, IntentInput, NoteInput, SessionInput, WriterEntry } from './record-input.ts';
import type { Recorder, RecorderState } from './recorder.ts';
import type { RecorderParts } from './recorder-parts.ts';
import { SessionCloser } from './session-closer.ts';
import { WriterLog } from './writer-log.ts';

/** The recorder over one journal: sessions, their open exchanges, and the writer log above them. */
export class JournalRecorder implements Recorder {
  readonly #parts: RecorderParts;
  readonly #writerLog: WriterLog;
  readonly #sessions: OpenSessions;
  readonly #closer: SessionCloser;
  readonly #announcer: KeyAnnouncer;
  readonly #exchanges = new Roster<RecordedExchange>();
  readonly #recovered: RecorderState['recovered'];
  #cellDigests: CellDigests | undefined;
  #isLow = false;
  #isClosed = false;
  #reconciling: Carry['exchanges'];

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    const { carry, journal, keys, clock } = parts;
    this.#writerLog = new WriterLog(carry.writerLog, keys, journal, clock, parts.onSigned);
    this.#sessions = new OpenSessions(parts, this.#writerLog);
    this.#closer = new SessionCloser(parts, this.#sessions, this.#writerLog);
    this.#announcer = new KeyAnnouncer(parts, this.#writerLog);
    this.#reconciling = carry.exchanges;
    this.#recovered = {
      reconciled: carry.exchanges.length,
      sessionsClosed: carry.sessions.length,
      quarantinedBytes: parts.quarantinedBytes,
    };
  }

  /** Ends what the last writer left open; nothing is accepted before. */
  async recover(epoch: number, software: string, reconciled: readonly Reconciled[], columns: RecoveredColumns): Promise<void> {
    const { keys, journal } = this.#parts;
    this.#writerLog.append(({ at, index }) => ({
      at,
      epoch,
      formatVersion: FORMAT_VERSION,
      index,
      kind: 'writer-open',
      software,
      writer: keys.name,
    }));
    endRecovered(this.#parts, this.#sessions, reconciled, columns);
    this.#reconciling = [];
    this.#writerLog.sign();
    await journal.mark();
    await this.tendKeys();
  }

  /** Announces a key that waits for it, and destroys one whose time is over; to be called about once a second. */
  async tendKeys(): Promise<void> {
    if (this.#refusal() === undefined) await this.#announcer.tend();
  }

  openSession(session: SessionInput): void {
    if (this.#sessions.isOpen(session.sessionId)) return;
    this.#check();
    this.#sessions.begin(session);
  }

  open(intent: IntentInput): RecordedExchange {
    this.#check();
    const session = this.#sessions.take(intent.sessionId);
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
      onEnd: (columnsDue) => this.#onEnd(place, columnsDue),
    });
    const place = this.#exchanges.enter(exchange);
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
      const session = this.#sessions.byId(note.sessionId);
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
    await this.#closer.close(sessionId, reason);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const journal = this.#parts.journal;
    if (journal.failure === undefined)
      await Promise.all(this.#sessions.all.map(({ sessionId }) => this.closeSession(sessionId, 'gateway-stopped')));
    this.#isClosed = true;
    await this.#closer.columns.close();
    await journal.close();
    this.#parts.release();
  }

  state(): RecorderState {
    const { journal } = this.#parts;
    const reason = this.#refusal();
    const columnsFailure = this.#closer.columns.failure;
    return {
      ready: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      queuedBytes: journal.queuedBytes,
      openSessions: this.#sessions.size,
      closedSessions: this.#recovered.sessionsClosed + this.#closer.closedCount,
      openExchanges: this.#exchanges.size,
      segment: journal.segmentName,
      journalBytes: journal.queue.appended,
      fsyncs: journal.fsyncs,
      ...(columnsFailure === undefined ? {} : { columnsFailure: columnsFailure.message }),
      recovered: this.#recovered,
    };
  }

  /** What a segment that begins here must carry. */
  carry(): Carry {
    const open = this.#exchanges.members.sort((a, b) => a.session.number - b.session.number || a.number - b.number);
    const exchanges = [...this.#reconciling, ...open.map((exchange) => exchange.state())];
    const { tree } = this.#writerLog;
    return {
      writerLog: { size: tree.size, border: [...tree.border] },
      lastSessionNumber: this.#sessions.lastNumber,
      newest: this.#parts.clock.stamp().at,
      sessions: this.#sessions.all.map((session) => ({ ...session.state(), border: [...session.tree.border] })),
      exchanges,
      columnsFrom: this.#columnsFrom(),
    };
  }

  /** The segment where the oldest answer begins whose columns are, or may be, still to come. */
  #columnsFrom(): string {
    const segments = this.#exchanges.members.map(({ segment }) => segment);
    return [...segments, this.#closer.columns.oldest ?? this.#parts.journal.plannedSegment].sort()[0]!;
  }

  /** Heads of sessions with news enter the writer log, and it is signed. True when there was something. */
  signNews(): boolean {
    if (this.#isClosed || this.#parts.journal.failure !== undefined) return false;
    const news = this.#sessions.all.filter((session) => session.hasNews);
    for (const session of news) this.#writerLog.appendHead(session, 'open');
    this.#writerLog.sign();
    return news.length > 0;
  }

  heartbeat(): void {
    if (this.#isClosed || this.#parts.journal.failure !== undefined) return;
    const { size: openSessions, lastNumber: lastSessionNumber } = this.#sessions;
    this.#writerLog.append(({ at, index }) => ({ at, index, kind: 'heartbeat', lastSessionNumber, openSessions }));
    this.#writerLog.sign();
  }

  /** Looks after the room on the disk; to be called about once a second. */
  watchDisk(): void {
    const { journal, reserve } = this.#parts;
    this.#isLow = reserve.isLow;
    if (journal.isFull && reserve.take()) journal.isFull = false;
  }

  #onEnd(place: Place<RecordedExchange>, columnsDue: number): void {
    if (columnsDue > 0) this.#closer.columns.add(columnsDue, () => this.#columnsFrom());
    this.#exchanges.leave(place);
    const { session } = place.member;
    session.openExchanges -= 1;
    if (session.openExchanges === 0) this.#closer.onIdle(session);
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
