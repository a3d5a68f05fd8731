import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ensureDirectory } from '../durable/sync-directory.ts';
import { JournalLeased } from './record-errors.ts';

/** The right to write to a data directory. Held by an operating-system lock, so that a killed holder leaves nothing to clean up. */
export type Lease = {
  /** Grows by one with each holder; names its segments. */
  readonly epoch: number;
  release(): void;
};

/** Throws JournalLeased while another process holds it. */
export function takeLease(directory: string): Lease {
  ensureDirectory(directory);
  const database = new DatabaseSync(path.join(directory, 'lease.db'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = EXTRA; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    database.exec('CREATE TABLE IF NOT EXISTS lease (only INTEGER PRIMARY KEY CHECK (only = 1), epoch INTEGER NOT NULL)');
    database.exec('INSERT INTO lease VALUES (1, 1) ON CONFLICT (only) DO UPDATE SET epoch = epoch + 1; COMMIT');
    const { epoch } = database.prepare('SELECT epoch FROM lease').get() as { epoch: number };
    return { epoch, release: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) throw new JournalLeased(directory);
    throw error;
  }
}
