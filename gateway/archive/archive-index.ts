import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RecordingManifest } from './recording-manifest.ts';

export const archiveIndexFile = (directory: string): string => path.join(directory, 'archive.db');

export type IndexedRecording = { readonly manifest: RecordingManifest; readonly manifestSha256: string; readonly isLogged: boolean };
/** A journal segment that is gone: its entries of the writer log are `log/SEGMENT.ndjson`. */
export type RetiredSegment = {
  /** `EPOCH-NUMBER`. */
  readonly segment: string;
  /** Place in the writer log of its first entry, and how many there are. */
  readonly first: number;
  readonly entries: number;
  /** RFC 6962 leaf hashes of these entries, 32 bytes each. */
  readonly hashes: Buffer;
  /** The newest checkpoint at the end of the segment. */
  readonly checkpoint: string | undefined;
};

const INDEX_VERSION = 1;
const schema = `
  CREATE TABLE IF NOT EXISTS recording (
    session_id TEXT PRIMARY KEY, number INTEGER NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL,
    manifest TEXT NOT NULL, manifest_sha256 TEXT NOT NULL, is_logged INTEGER NOT NULL, is_deleted INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX IF NOT EXISTS recording_number ON recording (number);
  CREATE INDEX IF NOT EXISTS recording_name ON recording (name, number);
  CREATE INDEX IF NOT EXISTS recording_unlogged ON recording (number) WHERE is_logged = 0;
  CREATE TABLE IF NOT EXISTS object (name TEXT NOT NULL, session_id TEXT NOT NULL, PRIMARY KEY (name, session_id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pending (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS locked (name TEXT PRIMARY KEY, due INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS locked_due ON locked (due);
  CREATE TABLE IF NOT EXISTS segment (
    segment TEXT PRIMARY KEY, first INTEGER NOT NULL, entries INTEGER NOT NULL, hashes BLOB NOT NULL, checkpoint TEXT);
`;

type Row = { readonly manifest: string; readonly manifest_sha256: string; readonly is_logged: number };

/**
 * `archive.db`: what this gateway sealed and where its journal begins, so that nobody has to ask the store to know it. The store and the writer log say
 * the same; a lost index is rebuilt from them (rebuild-index.ts).
 */
export class ArchiveIndex {
  readonly #database: DatabaseSync;

  constructor(directory: string, mode: 'read' | 'write' = 'write') {
    if (mode === 'write') mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#database = new DatabaseSync(archiveIndexFile(directory), { timeout: 10_000, readOnly: mode === 'read' });
    if (mode === 'read') return;
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    this.#database.exec(schema);
  }

  /** For readers: `undefined` while nothing was ever sealed. */
  static openExisting(directory: string): ArchiveIndex | undefined {
    if (!existsSync(archiveIndexFile(directory))) return undefined;
    const index = new ArchiveIndex(directory, 'read');
    if (index.#database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'segment'").get() !== undefined) return index;
    index.close();
    return undefined;
  }

  close(): void {
    this.#database.close();
  }

  /** False in an index that was just made: there may be recordings that it does not know (see rebuild-index.ts). */
  get isComplete(): boolean {
    return this.#database.prepare('PRAGMA user_version').get()?.['user_version'] === INDEX_VERSION;
  }

  setComplete(): void {
    this.#database.exec(`PRAGMA user_version = ${INDEX_VERSION}`);
  }

  /** Remembers names that are about to be put, so that a crash leaves none of them unknown. */
  announce(names: readonly string[]): void {
    const insert = this.#database.prepare('INSERT OR REPLACE INTO pending VALUES (?, ?)');
    this.#transaction(() => {
      for (const name of names) insert.run(name, Date.now());
    });
  }

  /** What was announced before this time (ms) and neither recorded nor settled since. */
  pending(before = Number.MAX_SAFE_INTEGER): string[] {
    const rows = this.#database.prepare('SELECT name FROM pending WHERE at < ? ORDER BY name').all(before);
    return rows.map((row) => String(row['name']));
  }

  settle(names: readonly string[]): void {
    const remove = ['pending', 'locked'].map((table) => this.#database.prepare(`DELETE FROM ${table} WHERE name = ?`));
    this.#transaction(() => {
      for (const name of names) for (const each of remove) each.run(name);
    });
  }

  /** Nobody names it, and the store keeps it: to be deleted from then on (ms). */
  defer(names: readonly string[], due: number): void {
    const insert = this.#database.prepare('INSERT OR REPLACE INTO locked VALUES (?, ?)');
    this.#transaction(() => {
      for (const name of names) insert.run(name, due);
    });
  }

  /** What was deferred up to `now` (ms), the oldest first. */
  due(now: number, limit: number): string[] {
    const rows = this.#database.prepare('SELECT name FROM locked WHERE due <= ? ORDER BY due, name LIMIT ?').all(now, limit);
    return rows.map((row) => String(row['name']));
  }

  /** When the first of the deferred is due (ms). */
  nextDue(): number | undefined {
    const row = this.#database.prepare('SELECT MIN(due) AS due FROM locked').get();
    return typeof row?.['due'] === 'number' ? row['due'] : undefined;
  }

  /** What was announced before that (ms), came to nothing, and was not deferred either: the store failed in between. */
  forgotten(before: number, limit: number): string[] {
    const sql = 'SELECT name FROM pending WHERE at < ? AND name NOT IN (SELECT name FROM locked) ORDER BY at, name LIMIT ?';
    return this.#database
      .prepare(sql)
      .all(before, limit)
      .map((row) => String(row['name']));
  }

  /** The recording is whole in the store. A revision takes the place of the one before. */
  record(manifest: RecordingManifest, text: string, manifestSha256: string, isLogged = false): void {
    const { sessionId, number, name, revision } = manifest;
    this.#transaction(() => {
      this.#database
        .prepare('INSERT OR REPLACE INTO recording VALUES (?, ?, ?, ?, ?, ?, ?, 0)')
        .run(sessionId, number, name, revision, text, manifestSha256, isLogged ? 1 : 0);
      this.#database.prepare('DELETE FROM object WHERE session_id = ?').run(sessionId);
      const insert = this.#database.prepare('INSERT OR IGNORE INTO object VALUES (?, ?)');
      const settle = ['pending', 'locked'].map((table) => this.#database.prepare(`DELETE FROM ${table} WHERE name = ?`));
      for (const { object } of manifest.files) {
        insert.run(object, sessionId);
        for (const each of settle) each.run(object);
      }
    });
  }

  /** The recording is gone for good; its session is known still, so that nobody seals it again. */
  markDeleted(sessionId: string): void {
    this.#transaction(() => {
      this.#database.prepare('UPDATE recording SET is_deleted = 1 WHERE session_id = ?').run(sessionId);
      this.#database.prepare('DELETE FROM object WHERE session_id = ?').run(sessionId);
    });
  }

  /** Known from the writer log only. */
  recordDeleted(sessionId: string, number: number): void {
    this.#database.prepare("INSERT OR REPLACE INTO recording VALUES (?, ?, '', 0, '', '', 1, 1)").run(sessionId, number);
  }

  /** The writer log says that it was sealed. */
  markLogged(sessionId: string, revision: number): void {
    this.#database.prepare('UPDATE recording SET is_logged = 1 WHERE session_id = ? AND revision = ?').run(sessionId, revision);
  }

  isKnown(sessionId: string): boolean {
    return this.#database.prepare('SELECT 1 FROM recording WHERE session_id = ?').get(sessionId) !== undefined;
  }

  /** Sealed and said to be so by the log, or deleted since: the journal need not keep it. */
  isSettled(number: number): boolean {
    const row = this.#database.prepare('SELECT is_logged OR is_deleted AS is_settled FROM recording WHERE number = ?').get(number);
    return row?.['is_settled'] === 1;
  }

  isNamed(object: string): boolean {
    return this.#database.prepare('SELECT 1 FROM object WHERE name = ? LIMIT 1').get(object) !== undefined;
  }

  byId(sessionId: string): IndexedRecording | undefined {
    return this.#one('session_id = ?', sessionId);
  }

  byNumber(number: number): IndexedRecording | undefined {
    return this.#one('number = ?', number);
  }

  /** The newest of this name. */
  byName(name: string): IndexedRecording | undefined {
    return this.#one('name = ?', name);
  }

  newest(): IndexedRecording | undefined {
    return this.#one('number > ?', 0);
  }

  /** In order of their numbers. */
  *all(): Generator<IndexedRecording> {
    const rows = this.#database.prepare('SELECT * FROM recording WHERE is_deleted = 0 ORDER BY number').iterate();
    for (const row of rows) yield toRecording(row as Row);
  }

  isDeleted(number: number): boolean {
    return this.#database.prepare('SELECT 1 FROM recording WHERE number = ? AND is_deleted = 1').get(number) !== undefined;
  }

  deletedNumbers(): Set<number> {
    return new Set(
      this.#database
        .prepare('SELECT number FROM recording WHERE is_deleted = 1')
        .all()
        .map((row) => Number(row['number'])),
    );
  }

  unlogged(): IndexedRecording[] {
    return this.#database
      .prepare('SELECT * FROM recording WHERE is_logged = 0 AND is_deleted = 0 ORDER BY number')
      .all()
      .map((row) => toRecording(row as Row));
  }

  retire({ segment, first, entries, hashes, checkpoint }: RetiredSegment): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO segment VALUES (?, ?, ?, ?, ?)')
      .run(segment, first, entries, hashes, checkpoint ?? null);
  }

  /** In the order of writing. */
  retired(): RetiredSegment[] {
    return this.#database
      .prepare('SELECT * FROM segment ORDER BY segment')
      .all()
      .map((row) => ({
        segment: String(row['segment']),
        first: Number(row['first']),
        entries: Number(row['entries']),
        hashes: Buffer.from(row['hashes'] as Uint8Array),
        checkpoint: row['checkpoint'] === null ? undefined : String(row['checkpoint']),
      }));
  }

  #one(condition: string, value: string | number): IndexedRecording | undefined {
    const row = this.#database
      .prepare(`SELECT * FROM recording WHERE ${condition} AND is_deleted = 0 ORDER BY number DESC LIMIT 1`)
      .get(value);
    return row === undefined ? undefined : toRecording(row as Row);
  }

  #transaction(action: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      action();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

const toRecording = (row: Row): IndexedRecording => ({
  // Checked when it was written: a long list would take minutes otherwise.
  manifest: JSON.parse(row.manifest) as RecordingManifest,
  manifestSha256: row.manifest_sha256,
  isLogged: row.is_logged === 1,
});
