import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

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

/**
 * What must outlive a restart: whose job, whose result, whose BigQuery session it is. Survives the death of the process;
 * after a power loss a job may be unknown again, and then belongs to nobody.
 */
export class Ledger {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  #inTransaction = false;

  constructor(dataDirectory: string) {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    this.#database = new DatabaseSync(join(dataDirectory, 'ledger.sqlite'));
    this.#database.exec(schema);
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

  /** After this, all that was written survives the process. */
  commit(): void {
    if (!this.#inTransaction) return;
    this.#inTransaction = false;
    this.#database.exec('COMMIT');
  }

  close(): void {
    this.commit();
    this.#prepared.clear();
    this.#database.close();
  }

  #begin(): void {
    if (this.#inTransaction) return;
    this.#database.exec('BEGIN');
    this.#inTransaction = true;
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}
