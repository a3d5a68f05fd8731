import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PreparedStatements } from '../durable/prepared-statements.ts';

export type CredentialRow = {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly label: string;
  readonly sessionName: string | null;
  /** Milliseconds since the epoch, like all times here. */
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
  readonly revokedWhy: string | null;
};
export type TokenRow = {
  readonly digest: string;
  readonly credentialId: string;
  /** 1 for the one in the downloaded file. */
  readonly isRoot: number;
  readonly madeAt: number;
  readonly spentAt: number | null;
  readonly successor: string | null;
};

const schema = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS person (
  issuer TEXT NOT NULL, subject TEXT NOT NULL, principal TEXT NOT NULL, seen_at INTEGER NOT NULL, PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS credential (
  id TEXT PRIMARY KEY, issuer TEXT NOT NULL, subject TEXT NOT NULL, label TEXT NOT NULL, session_name TEXT,
  made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, last_used_at INTEGER, revoked_at INTEGER, revoked_why TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS credential_of_person ON credential (issuer, subject);
CREATE TABLE IF NOT EXISTS refresh_token (
  digest TEXT PRIMARY KEY, credential_id TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE, is_root INTEGER NOT NULL,
  made_at INTEGER NOT NULL, spent_at INTEGER, successor TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS token_of_credential ON refresh_token (credential_id);
`;
const credentialColumns = `id, issuer, subject, label, session_name AS sessionName, made_at AS madeAt,
  expires_at AS expiresAt, last_used_at AS lastUsedAt, revoked_at AS revokedAt, revoked_why AS revokedWhy`;

/** People's credentials on disk; of every secret only its SHA-256. Survives a power loss: what was revoked stays revoked. */
export class CredentialStore {
  readonly #database: DatabaseSync;
  readonly #statements: PreparedStatements;

  constructor(dataDirectory: string) {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    this.#database = new DatabaseSync(join(dataDirectory, 'credentials.sqlite'), { enableForeignKeyConstraints: true });
    this.#database.exec(schema);
    this.#statements = new PreparedStatements(this.#database);
  }

  /** All of `work` or nothing. */
  transaction<Value>(work: () => Value): Value {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      this.#database.exec('COMMIT');
      return value;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  putPerson(issuer: string, subject: string, principal: string, now: number): void {
    this.#run(
      `INSERT INTO person VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET principal = excluded.principal, seen_at = excluded.seen_at`,
      [issuer, subject, principal, now],
    );
  }

  findPerson(issuer: string, subject: string): string | undefined {
    const row = this.#statements.of('SELECT principal FROM person WHERE issuer = ? AND subject = ?').get(issuer, subject);
    return row?.['principal'] as string | undefined;
  }

  addCredential(row: CredentialRow): void {
    this.#run('INSERT INTO credential VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)', [
      row.id,
      row.issuer,
      row.subject,
      row.label,
      row.sessionName,
      row.madeAt,
      row.expiresAt,
    ]);
  }

  findCredential(id: string): CredentialRow | undefined {
    return this.#statements.of(`SELECT ${credentialColumns} FROM credential WHERE id = ?`).get(id) as CredentialRow | undefined;
  }

  /** Newest first. */
  credentialsOf(issuer: string, subject: string): CredentialRow[] {
    const sql = `SELECT ${credentialColumns} FROM credential WHERE issuer = ? AND subject = ? ORDER BY made_at DESC, id`;
    return this.#statements.of(sql).all(issuer, subject) as CredentialRow[];
  }

  /** Ids of those whose access tokens may still be about although they were taken back. */
  revokedSince(time: number): string[] {
    return this.#statements
      .of('SELECT id FROM credential WHERE revoked_at >= ?')
      .all(time)
      .map((row) => String(row['id']));
  }

  /** Nothing tells any more whose the credentials were; that they are revoked is kept for as long as their access tokens may be about. */
  erasePerson(issuer: string, subject: string): void {
    this.#database.exec('PRAGMA secure_delete = ON');
    this.#run('DELETE FROM person WHERE issuer = ? AND subject = ?', [issuer, subject]);
    const nobody = "UPDATE credential SET issuer = '', subject = '', label = '', session_name = NULL WHERE issuer = ? AND subject = ?";
    this.#run(nobody, [issuer, subject]);
    this.#database.exec('PRAGMA secure_delete = OFF; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  markUsed(id: string, now: number): void {
    this.#run('UPDATE credential SET last_used_at = ? WHERE id = ?', [now, id]);
  }

  revoke(id: string, why: string, now: number): void {
    this.#run('UPDATE credential SET revoked_at = ?, revoked_why = ? WHERE id = ? AND revoked_at IS NULL', [now, why, id]);
    this.#run('DELETE FROM refresh_token WHERE credential_id = ? AND is_root = 0', [id]);
  }

  addToken(digest: string, credentialId: string, isRoot: boolean, now: number): void {
    this.#run('INSERT INTO refresh_token VALUES (?, ?, ?, ?, NULL, NULL)', [digest, credentialId, isRoot ? 1 : 0, now]);
  }

  findToken(digest: string): TokenRow | undefined {
    const sql = `SELECT digest, credential_id AS credentialId, is_root AS isRoot, made_at AS madeAt, spent_at AS spentAt, successor
      FROM refresh_token WHERE digest = ?`;
    return this.#statements.of(sql).get(digest) as TokenRow | undefined;
  }

  spendToken(digest: string, successor: string, now: number): void {
    this.#run('UPDATE refresh_token SET spent_at = coalesce(spent_at, ?), successor = ? WHERE digest = ?', [now, successor, digest]);
  }

  dropToken(digest: string): void {
    this.#run('DELETE FROM refresh_token WHERE digest = ?', [digest]);
  }

  /** Tokens that are too old to be used, and credentials nobody needs to see any more. */
  forget(tokensMadeBefore: number, credentialsEndedBefore: number): void {
    this.#run('DELETE FROM refresh_token WHERE is_root = 0 AND made_at < ?', [tokensMadeBefore]);
    this.#run('DELETE FROM credential WHERE expires_at < ? OR revoked_at < ?', [credentialsEndedBefore, credentialsEndedBefore]);
  }

  close(): void {
    this.#database.close();
  }

  #run(sql: string, values: (string | number | null)[]): void {
    this.#statements.of(sql).run(...values);
  }
}
