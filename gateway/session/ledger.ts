import { closeSync, fdatasync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

export type JobRow = {
  readonly projectId: string;
  readonly jobId: string;
  readonly issuer: string;
  readonly subject: string;
  /** What the policy was asked when the job was made, as JSON: asked again for each page of its result. */
  readonly wishes: string;
};

export type BigQuerySessionRow = { readonly bigQuerySession: string; readonly issuer: string; readonly subject: string };

const schema = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS job (
  project_id TEXT NOT NULL, job_id TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL, wishes TEXT NOT NULL, made_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, job_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS result_table (name TEXT PRIMARY KEY, project_id TEXT NOT NULL, job_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bigquery_session (name TEXT PRIMARY KEY, issuer TEXT NOT NULL, subject TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** The ledger cannot be read or written: nobody can tell whose job is whose, so nothing new may run. */
export class LedgerDown extends Error {
  override readonly name = 'LedgerDown';

  constructor(cause: unknown) {
    super(`The ledger of jobs cannot be used: ${(cause as Error).message}. Restart the gateway when its disk is sound.`, { cause });
  }
}

/** What must outlive a restart: whose job, whose result, whose BigQuery session it is. */
export class Ledger {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Guarded>();
  #inTransaction = false;
  readonly #log: WriteAheadLog;

  constructor(dataDirectory: string) {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    const path = join(dataDirectory, 'ledger.sqlite');
    this.#database = new DatabaseSync(path);
    this.#database.exec(schema);
    this.#log = new WriteAheadLog(`${path}-wal`);
  }

  /** The owner stays. */
  changeWishes({ projectId, jobId }: Pick<JobRow, 'projectId' | 'jobId'>, wishes: string): void {
    this.#begin();
    this.#prepare('UPDATE job SET wishes = ? WHERE project_id = ? AND job_id = ?').run(wishes, projectId, jobId);
  }

  /** The first owner stays: a repeat of a job id never changes hands. Written with the others of the same turn of the event loop. */
  ownJob({ projectId, jobId, issuer, subject, wishes }: JobRow): void {
    this.#begin();
    this.#prepare('INSERT INTO job VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING').run(
      projectId,
      jobId,
      issuer,
      subject,
      wishes,
      Date.now(),
    );
  }

  findJob(projectId: string, jobId: string): JobRow | undefined {
    const row = this.#prepare(
      'SELECT project_id AS projectId, job_id AS jobId, issuer, subject, wishes FROM job WHERE project_id = ? AND job_id = ?',
    ).get(projectId, jobId);
    return row as JobRow | undefined;
  }

  ownResultTable(name: string, projectId: string, jobId: string): void {
    this.#begin();
    this.#prepare('INSERT INTO result_table VALUES (?, ?, ?) ON CONFLICT DO NOTHING').run(name, projectId, jobId);
  }

  findResultTable(name: string): { readonly projectId: string; readonly jobId: string } | undefined {
    const row = this.#prepare('SELECT project_id AS projectId, job_id AS jobId FROM result_table WHERE name = ?').get(name);
    return row as { projectId: string; jobId: string } | undefined;
  }

  ownBigQuerySession({ bigQuerySession, issuer, subject }: BigQuerySessionRow): void {
    this.#begin();
    this.#prepare('INSERT INTO bigquery_session VALUES (?, ?, ?) ON CONFLICT DO NOTHING').run(bigQuerySession, issuer, subject);
  }

  findBigQuerySession(bigQuerySession: string): BigQuerySessionRow | undefined {
    const row = this.#prepare('SELECT name AS bigQuerySession, issuer, subject FROM bigquery_session WHERE name = ?').get(bigQuerySession);
    return row as BigQuerySessionRow | undefined;
  }

  /** Nothing of a subject is left, neither in the tables nor in the bytes that they stood in. */
  async forget(issuer: string, subject: string): Promise<void> {
    await this.commit();
    const isOwn = 'issuer = ? AND subject = ?';
    this.#database.exec('PRAGMA secure_delete = ON');
    const results = `DELETE FROM result_table WHERE (project_id, job_id) IN (SELECT project_id, job_id FROM job WHERE ${isOwn})`;
    for (const sql of [results, `DELETE FROM job WHERE ${isOwn}`, `DELETE FROM bigquery_session WHERE ${isOwn}`])
      this.#database.prepare(sql).run(issuer, subject);
    this.#database.exec('PRAGMA secure_delete = OFF; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** What was written survives the process at once, and a power loss when the promise resolves. */
  commit(): Promise<void> {
    if (this.#inTransaction) {
      this.#inTransaction = false;
      guard(() => this.#database.exec('COMMIT'));
    }
    return this.#log.durable();
  }

  async close(): Promise<void> {
    await this.commit();
    this.#log.close();
    this.#prepared.clear();
    this.#database.close();
  }

  #begin(): void {
    if (this.#inTransaction) return;
    guard(() => this.#database.exec('BEGIN'));
    this.#inTransaction = true;
  }

  #prepare(sql: string): Guarded {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = guard(() => this.#database.prepare(sql));
    const guarded: Guarded = {
      run: (...values) => guard(() => statement.run(...values)),
      get: (...values) => guard(() => statement.get(...values)),
    };
    this.#prepared.set(sql, guarded);
    return guarded;
  }
}

type Guarded = { run(...values: SQLInputValue[]): unknown; get(...values: SQLInputValue[]): unknown };

function guard<Value>(use: () => Value): Value {
  try {
    return use();
  } catch (error) {
    throw new LedgerDown(error);
  }
}

/**
 * SQLite's log, brought to the disk by us: with `synchronous = FULL` each commit would wait for the disk on the event loop. SQLite itself
 * brings it there before a checkpoint takes over what it holds (https://sqlite.org/pragma.html#pragma_synchronous).
 */
class WriteAheadLog {
  readonly #descriptor: number;
  #underWay: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r+');
  }

  /** All that the log holds now is durable when it resolves. One call of the disk at a time, shared by all who came meanwhile. */
  durable(): Promise<void> {
    if (this.#underWay === undefined) return this.#follow();
    this.#next ??= this.#underWay.then(
      () => this.#follow(),
      () => this.#follow(),
    );
    return this.#next;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #follow(): Promise<void> {
    this.#next = undefined;
    this.#underWay = this.#sync();
    return this.#underWay;
  }

  #sync(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      fdatasync(this.#descriptor, (error) => {
        if (this.#next === undefined) this.#underWay = undefined;
        if (error === null || error === undefined) resolve();
        else reject(new LedgerDown(error));
      });
    });
  }
}
