import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PreparedStatements } from '../../durable/prepared-statements.ts';
import { TextSealer } from './sealed-text.ts';

/** Who gave it: identity is (issuer, subject), here for one connection. */
export type GrantOwner = { readonly connection: string; readonly issuer: string; readonly subject: string };

/** What a person sees of it. Times are milliseconds since the epoch. */
export type Grant = {
  /** The account at the OAuth server, as it calls itself. */
  readonly account: string;
  readonly givenAt: number;
  readonly endedAt: number | undefined;
  readonly endedWhy: string | undefined;
};

const schema = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS user_grant (
  connection TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL, account TEXT NOT NULL, refresh_token BLOB,
  given_at INTEGER NOT NULL, ended_at INTEGER, ended_why TEXT, PRIMARY KEY (connection, issuer, subject)
) STRICT, WITHOUT ROWID;
`;

export const userGrantsFile = (dataDirectory: string): string => join(dataDirectory, 'user-grants.sqlite');

/** People's authorisations to work with their own accounts. Of each, the refresh token, encrypted, as long as it is good. */
export class UserGrants {
  readonly #database: DatabaseSync;
  readonly #sealer: TextSealer;
  readonly #statements: PreparedStatements;

  constructor(dataDirectory: string) {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    this.#sealer = TextSealer.open(join(dataDirectory, 'keys', 'user-grants.key'));
    this.#database = new DatabaseSync(userGrantsFile(dataDirectory));
    this.#database.exec(schema);
    this.#statements = new PreparedStatements(this.#database);
  }

  find({ connection, issuer, subject }: GrantOwner): Grant | undefined {
    const sql = `SELECT account, given_at AS givenAt, ended_at AS endedAt, ended_why AS endedWhy
      FROM user_grant WHERE connection = ? AND issuer = ? AND subject = ?`;
    const row = this.#statements.of(sql).get(connection, issuer, subject);
    if (row === undefined) return undefined;
    return {
      account: String(row['account']),
      givenAt: Number(row['givenAt']),
      endedAt: row['endedAt'] === null ? undefined : Number(row['endedAt']),
      endedWhy: row['endedWhy'] === null ? undefined : String(row['endedWhy']),
    };
  }

  /** Undefined when there is none that is good, or when it cannot be decrypted. */
  refreshTokenOf(owner: GrantOwner): string | undefined {
    const sql = 'SELECT refresh_token AS sealed FROM user_grant WHERE connection = ? AND issuer = ? AND subject = ?';
    const sealed = this.#statements.of(sql).get(owner.connection, owner.issuer, owner.subject)?.['sealed'];
    return sealed instanceof Uint8Array ? this.#sealer.unseal(sealed, placeOf(owner)) : undefined;
  }

  /** In place of what the person gave before. */
  put(owner: GrantOwner, account: string, refreshToken: string, now: number): void {
    const { connection, issuer, subject } = owner;
    const sealed = this.#sealer.seal(refreshToken, placeOf(owner));
    this.#statements
      .of('INSERT OR REPLACE INTO user_grant VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)')
      .run(connection, issuer, subject, account, sealed, now);
  }

  /** The server gave another refresh token for the one it was shown: durable before the next is asked for. */
  replaceToken(owner: GrantOwner, refreshToken: string): void {
    const sql = 'UPDATE user_grant SET refresh_token = ? WHERE connection = ? AND issuer = ? AND subject = ? AND ended_at IS NULL';
    this.#statements.of(sql).run(this.#sealer.seal(refreshToken, placeOf(owner)), owner.connection, owner.issuer, owner.subject);
  }

  /** The token is gone from the disk with it. */
  end({ connection, issuer, subject }: GrantOwner, why: string, now: number): void {
    const sql = `UPDATE user_grant SET refresh_token = NULL, ended_at = ?, ended_why = ?
      WHERE connection = ? AND issuer = ? AND subject = ? AND ended_at IS NULL`;
    this.#statements.of(sql).run(now, why, connection, issuer, subject);
  }

  /** Of an erased subject nothing is left, for no connection; `secure_delete` overwrites the bytes. */
  forget(issuer: string, subject: string): void {
    this.#statements.of('DELETE FROM user_grant WHERE issuer = ? AND subject = ?').run(issuer, subject);
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.#database.close();
  }
}

/** A row that is moved to another person or connection opens for nobody. */
const placeOf = ({ connection, issuer, subject }: GrantOwner): string => JSON.stringify([connection, issuer, subject]);
