import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

export type SessionRow = {
  readonly sessionId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly lastSeenAt: number;
};

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
CREATE TABLE IF NOT EXISTS session (
  session_id TEXT PRIMARY KEY, issuer TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL,
  started_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, closed_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS open_session ON session (issuer, subject, name) WHERE closed_at IS NULL;
CREATE TABLE IF NOT EXISTS job (
  project_id TEXT NOT NULL, job_id TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL, wishes TEXT NOT NULL, made_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, job_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS result_table (name TEXT PRIMARY KEY, project_id TEXT NOT NULL, job_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bigquery_session (name TEXT PRIMARY KEY, issuer TEXT NOT NULL, subject TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/**
 * What must outlive a restart: which sessions are open, whose job is whose. Survives the death of the process;
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

  openSessions(): readonly SessionRow[] {
    return this.#prepare(
      `SELECT session_id AS sessionId, issuer, subject, name, started_at AS startedAt, last_seen_at AS lastSeenAt FROM session WHERE closed_at IS NULL`,
    ).all() as unknown as SessionRow[];
  }

  openSession({ sessionId, issuer, subject, name, startedAt, lastSeenAt }: SessionRow): void {
    this.#prepare('INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, NULL)').run(sessionId, issuer, subject, name, startedAt, lastSeenAt);
  }

  touchSession(sessionId: string, lastSeenAt: number): void {
    this.#prepare('UPDATE session SET last_seen_at = ? WHERE session_id = ?').run(lastSeenAt, sessionId);
  }

  closeSession(sessionId: string, closedAt: number): void {
    this.#prepare('UPDATE session SET closed_at = ? WHERE session_id = ? AND closed_at IS NULL').run(closedAt, sessionId);
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
