import { JournalFollower } from './follow-journal.ts';
import { type JournalCatalog, joinCatalog } from './journal-catalog.ts';

const ATTEMPTS = 3;

/** `readCatalog` for whoever asks again and again in one process: a call costs what was written since the last. */
export class CatalogFollower {
  readonly #directory: string;
  readonly #journal: JournalFollower;

  constructor(directory: string) {
    this.#directory = directory;
    this.#journal = new JournalFollower(directory);
  }

  read(): JournalCatalog {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return joinCatalog(this.#directory, this.#journal.look());
      } catch (error) {
        // A segment was retired while we read: what it held is in the archive now.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === ATTEMPTS) throw error;
      }
    }
  }
}
