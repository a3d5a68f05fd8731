import { hash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Principal } from '../exchange.ts';

export type LoginLimits = { readonly idleMs: number; readonly maxMs: number };

/** A person at the console. Times are milliseconds since the epoch. */
export type Login = {
  readonly id: string;
  readonly principal: Principal;
  /** Name of the configured provider. */
  readonly provider: string;
  /** What forms must send back. */
  readonly csrf: string;
  /** SAML: what the provider needs to know which of its sessions ends. */
  readonly logoutHint: string | undefined;
  readonly signedInAt: number;
  readonly endsAt: number;
};
export type Found = {
  readonly login: Login;
  /** The cookie's next value, when it is time to change it. */
  readonly nextCookie: string | undefined;
};

const schema = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS login (
  id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, previous TEXT UNIQUE, rotated_at INTEGER NOT NULL,
  principal TEXT NOT NULL, provider TEXT NOT NULL, csrf TEXT NOT NULL, logout_hint TEXT,
  signed_in_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS used_assertion (digest TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;
const rotateAfterMs = 10 * 60_000;
/** Requests that were under way while the cookie changed still bring the one before. */
const previousGoodMs = 60_000;
const cookiePattern = /^[A-Za-z0-9_-]{43}$/;

const digestOf = (cookie: string): string => hash('sha256', cookie, 'base64url');
const newCookie = (): string => randomBytes(32).toString('base64url');

/** Who is signed in at the console, by a cookie of which only the SHA-256 is kept; it changes every ten minutes. */
export class Logins {
  readonly #database: DatabaseSync;
  readonly #limits: LoginLimits;
  readonly #now: () => number;

  constructor(dataDirectory: string, limits: LoginLimits, now: () => number = Date.now) {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    this.#database = new DatabaseSync(join(dataDirectory, 'console.sqlite'));
    this.#database.exec(schema);
    this.#limits = limits;
    this.#now = now;
  }

  begin(principal: Principal, provider: string, logoutHint?: string): { readonly id: string; readonly cookie: string } {
    const now = this.#now();
    this.#forget(now);
    const [id, cookie] = [randomUUID(), newCookie()];
    const csrf = randomBytes(24).toString('base64url');
    this.#database
      .prepare('INSERT INTO login VALUES (?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(id, digestOf(cookie), now, JSON.stringify(principal), provider, csrf, logoutHint ?? null, now, now, now + this.#limits.maxMs);
    return { id, cookie };
  }

  /** A cookie that was changed long ago is a copy of one: then its login ends for everybody. */
  find(cookie: string | undefined): Found | undefined {
    if (cookie === undefined || !cookiePattern.test(cookie)) return undefined;
    const digest = digestOf(cookie);
    const row = this.#database.prepare('SELECT * FROM login WHERE digest = ? OR previous = ?').get(digest, digest);
    if (row === undefined) return undefined;
    const now = this.#now();
    const [id, seenAt, endsAt, rotatedAt] = [String(row['id']), Number(row['seen_at']), Number(row['ends_at']), Number(row['rotated_at'])];
    const isPrevious = row['digest'] !== digest;
    if (now >= endsAt || now - seenAt > this.#limits.idleMs || (isPrevious && now - rotatedAt > previousGoodMs)) {
      this.end(id);
      return undefined;
    }
    const nextCookie = !isPrevious && now - rotatedAt > rotateAfterMs ? this.#rotate(id, digest, now) : undefined;
    this.#database.prepare('UPDATE login SET seen_at = ? WHERE id = ?').run(now, id);
    return { login: toLogin(row), nextCookie };
  }

  end(id: string): void {
    this.#database.prepare('DELETE FROM login WHERE id = ?').run(id);
  }

  /** Of a SAML provider: those of a person, or of one of their sessions there. Returns those that ended. */
  endOf(provider: string, nameId: string, sessionIndex: string | undefined): Login[] {
    const sql = `DELETE FROM login WHERE provider = ? AND json_extract(logout_hint, '$.nameID') = ?
      AND (? IS NULL OR json_extract(logout_hint, '$.sessionIndex') = ?) RETURNING *`;
    const index = sessionIndex ?? null;
    return this.#database.prepare(sql).all(provider, nameId, index, index).map(toLogin);
  }

  /** False when the assertion was used before. `until`: when it would be refused anyway. */
  takeAssertion(issuer: string, id: string, until: number): boolean {
    const digest = hash('sha256', JSON.stringify([issuer, id]), 'base64url');
    return this.#database.prepare('INSERT INTO used_assertion VALUES (?, ?) ON CONFLICT DO NOTHING').run(digest, until).changes === 1;
  }

  close(): void {
    this.#database.close();
  }

  #rotate(id: string, digest: string, now: number): string {
    const cookie = newCookie();
    this.#database.prepare('UPDATE login SET digest = ?, previous = ?, rotated_at = ? WHERE id = ?').run(digestOf(cookie), digest, now, id);
    return cookie;
  }

  #forget(now: number): void {
    this.#database.prepare('DELETE FROM login WHERE ends_at <= ? OR seen_at < ?').run(now, now - this.#limits.idleMs);
    this.#database.prepare('DELETE FROM used_assertion WHERE until < ?').run(now);
  }
}

const toLogin = (row: Record<string, unknown>): Login => ({
  id: String(row['id']),
  principal: JSON.parse(String(row['principal'])) as Principal,
  provider: String(row['provider']),
  csrf: String(row['csrf']),
  logoutHint: row['logout_hint'] === null ? undefined : String(row['logout_hint']),
  signedInAt: Number(row['signed_in_at']),
  endsAt: Number(row['ends_at']),
});

/** Whether a form carries the login's own token. */
export function isOwnForm({ csrf }: Login, given: unknown): boolean {
  const [wanted, got] = [Buffer.from(csrf), Buffer.from(typeof given === 'string' ? given : '')];
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}
