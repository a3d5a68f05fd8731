import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from './recording-store.ts';

const PATIENCE_MS = 30_000;

/** One at a time among all processes and threads that use a folder; an operating-system lock (SQLite's), so a killed holder leaves nothing behind. */
export class FolderLock {
  readonly #database: DatabaseSync;
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA busy_timeout = 0');
  }

  /** Runs when all earlier calls have ended. Keep it short: others wait. */
  hold<Value>(action: () => Promise<Value>): Promise<Value> {
    const turn = this.#last.then(async () => {
      await this.#acquire();
      try {
        return await action();
      } finally {
        this.#database.exec('ROLLBACK');
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #acquire(): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(1 + Math.random() * 9)) {
      if (this.#tryAcquire()) return;
      if (Date.now() > deadline) {
        throw new StoreUnavailable(
          `Another process has held the lock ${this.#path} for ${PATIENCE_MS / 1000} s`,
          'See which one has the file open, and whether its disk answers.',
        );
      }
    }
  }

  #tryAcquire(): boolean {
    try {
      this.#database.exec('BEGIN EXCLUSIVE');
      return true;
    } catch (error) {
      if (error instanceof Error && /locked|busy/i.test(error.message)) return false;
      throw new StoreUnavailable(`The lock ${this.#path} cannot be taken (${(error as Error).message})`, 'Is the disk full or read-only?', {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.#last;
    this.#database.close();
  }
}
