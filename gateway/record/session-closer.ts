import { appendColumns, appendMissingColumns } from './columns/append-columns.ts';
import { ColumnMaker } from './columns/column-maker.ts';
import type { MadeColumns } from './columns/make-columns.ts';
import type { OpenSessions } from './open-sessions.ts';
import type { RecorderParts } from './recorder-parts.ts';
import type { SessionLog } from './session-log.ts';
import type { WriterLog } from './writer-log.ts';

/** Closes sessions: what is under way ends first, then the digests of columns come or are declared missing, then the head is signed. */
export class SessionCloser {
  readonly columns: ColumnMaker;
  /** Sessions whose end is durable. */
  closedCount = 0;
  readonly #parts: RecorderParts;
  readonly #sessions: OpenSessions;
  readonly #writerLog: WriterLog;
  readonly #idle = new Map<string, () => void>();
  readonly #closing = new Map<string, Promise<void>>();

  constructor(parts: RecorderParts, sessions: OpenSessions, writerLog: WriterLog) {
    this.#parts = parts;
    this.#sessions = sessions;
    this.#writerLog = writerLog;
    const { directory, journal, columnsEveryMs } = parts;
    this.columns = new ColumnMaker({ directory, written: () => journal.durable(), onMade: this.#onMade, everyMs: columnsEveryMs });
  }

  async close(sessionId: string, reason: string): Promise<void> {
    const session = this.#sessions.byId(sessionId);
    if (session === undefined) return;
    session.isClosing = true;
    let closing = this.#closing.get(sessionId);
    if (closing === undefined) {
      closing = this.#closeWhenIdle(session, reason).finally(() => this.#closing.delete(sessionId));
      this.#closing.set(sessionId, closing);
    }
    await closing;
  }

  /** To be called when none of its exchanges is under way any more. */
  onIdle(session: SessionLog): void {
    this.#idle.get(session.sessionId)?.();
  }

  async #closeWhenIdle(session: SessionLog, reason: string): Promise<void> {
    if (session.openExchanges > 0) await new Promise<void>((resolve) => this.#idle.set(session.sessionId, resolve));
    await this.columns.settle(() => session.columnsDue > 0);
    if (session.columnsDue > 0) this.#declareMissing(session);
    this.#sessions.end(session, reason, 'closed');
    this.#idle.delete(session.sessionId);
    this.#writerLog.sign();
    await this.#parts.journal.mark();
    this.closedCount += 1;
  }

  #declareMissing(session: SessionLog): void {
    for (const due of this.columns.listDue(session.number))
      appendMissingColumns(session, due, `They could not be made: ${this.columns.failure?.message ?? 'the recorder is closed'}.`);
    this.columns.forget(session.columnsDue);
    session.columnsDue = 0;
  }

  readonly #onMade = (made: MadeColumns): void => {
    const { journal } = this.#parts;
    const session = this.#sessions.byNumber(made.session);
    if (session === undefined || journal.failure !== undefined) return;
    session.columnsDue -= 1;
    appendColumns(session, journal, made);
    journal.schedule();
  };
}
