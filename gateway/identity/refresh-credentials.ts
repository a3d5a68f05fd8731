import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { Principal } from '../exchange.ts';
import { type CredentialRow, CredentialStore, type TokenRow } from './credential-store.ts';

export type CredentialLimits = { readonly maxMs: number; readonly idleMs: number; readonly perPerson: number };

/** What a person sees of a credential. Times are milliseconds since the epoch. */
export type Credential = {
  readonly id: string;
  readonly label: string;
  readonly sessionName: string | undefined;
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | undefined;
  readonly state: 'good' | 'expired' | 'idle' | 'revoked';
  readonly revokedWhy: string | undefined;
};
/** Its token is shown once; only a digest is kept. */
export type IssuedCredential = { readonly id: string; readonly refreshToken: string; readonly expiresAt: number };
export type Refreshed = { readonly principal: Principal; readonly credentialId: string; readonly refreshToken: string };
type Person = Pick<Principal, 'issuer' | 'subject'>;

/** A client repeats a request whose answer was lost; within this time that is no theft. */
const lostAnswerMs = 10_000;
/** gcloud and bq put their own client in place of the file's; its secret is in their source, so none is asked for. */
const gcloudClientId = '32555940559.apps.googleusercontent.com';
const longestAccessMs = 3_700_000;
const keepEndedMs = 30 * 86_400_000;
const digestOf = (secret: string): string => hash('sha256', secret, 'base64url');
const newSecret = (): string => `stn_${randomBytes(32).toString('base64url')}`;

/**
 * Refresh tokens for people (RFC 6749 §6). A credential file is read by many processes and none of them writes it, so the token in
 * it (the root) may be used again and again; each use begins a branch of its own. Tokens of a branch are good once: one that comes
 * again was stolen, and all of the credential ends (RFC 9700 §4.14.2).
 */
export class RefreshCredentials {
  readonly #store: CredentialStore;
  readonly #limits: CredentialLimits;
  readonly #acceptsIssuer: (issuer: string) => boolean;
  readonly #now: () => number;
  /** Those whose access tokens may still be about. */
  readonly #revoked: Set<string>;

  constructor(dataDirectory: string, limits: CredentialLimits, acceptsIssuer: (issuer: string) => boolean, now: () => number = Date.now) {
    this.#store = new CredentialStore(dataDirectory);
    this.#limits = limits;
    this.#acceptsIssuer = acceptsIssuer;
    this.#now = now;
    this.#revoked = new Set(this.#store.revokedSince(now() - longestAccessMs));
  }

  /** Groups, e-mail and name as the identity provider tells them now: every credential of the person follows. */
  remember(principal: Principal): void {
    this.#store.putPerson(principal.issuer, principal.subject, JSON.stringify(principal), this.#now());
  }

  /** Undefined when the person has as many as they may. The principal must have been remembered. */
  issue(person: Person, label: string, sessionName: string | undefined): IssuedCredential | undefined {
    const now = this.#now();
    const good = this.list(person).filter(({ state }) => state === 'good');
    if (good.length >= this.#limits.perPerson) return undefined;
    const issued = { id: randomUUID(), refreshToken: newSecret(), expiresAt: now + this.#limits.maxMs };
    this.#store.transaction(() => {
      this.#store.forget(now - this.#limits.idleMs, now - keepEndedMs);
      this.#store.addCredential({
        id: issued.id,
        issuer: person.issuer,
        subject: person.subject,
        label,
        sessionName: sessionName ?? null,
        madeAt: now,
        expiresAt: issued.expiresAt,
        lastUsedAt: null,
        revokedAt: null,
        revokedWhy: null,
      });
      this.#store.addToken(digestOf(issued.refreshToken), issued.id, true, now);
    });
    return issued;
  }

  /** `clientId`: as the client names itself, if it does. Returns why not as text. */
  refresh(refreshToken: string, clientId: string | undefined): Refreshed | string {
    const token = this.#store.findToken(digestOf(refreshToken));
    const row = token && this.#store.findCredential(token.credentialId);
    if (token === undefined || row === undefined) return 'the refresh token is not known here: download a new credential in the console';
    if (clientId !== undefined && clientId !== row.id && clientId !== gcloudClientId) return 'the refresh token is of another client';
    const ended = this.#whyEnded(row);
    if (ended !== undefined) return `${ended}: download a new one in the console`;
    if (token.isRoot === 0 && token.madeAt < this.#now() - this.#limits.idleMs) return 'the refresh token was not used for too long';
    if (!this.#acceptsIssuer(row.issuer)) return 'people of this identity provider may not sign in here any more';
    return this.#rotate(token, row);
  }

  /** Whether access tokens of this credential are refused. */
  readonly isRevoked = (id: string): boolean => this.#revoked.has(id);

  list({ issuer, subject }: Person): Credential[] {
    return this.#store.credentialsOf(issuer, subject).map((row) => ({
      id: row.id,
      label: row.label,
      sessionName: row.sessionName ?? undefined,
      madeAt: row.madeAt,
      expiresAt: row.expiresAt,
      lastUsedAt: row.lastUsedAt ?? undefined,
      state: this.#stateOf(row),
      revokedWhy: row.revokedWhy ?? undefined,
    }));
  }

  /** False when the person has no such credential. */
  revoke({ issuer, subject }: Person, id: string, why: string): boolean {
    const row = this.#store.findCredential(id);
    if (row === undefined || row.issuer !== issuer || row.subject !== subject) return false;
    this.#revoke(id, why);
    return true;
  }

  /** RFC 7009: whoever holds a token may end what it belongs to. Silent about tokens nobody knows. */
  /** An erased person: every credential ends, and nothing tells whose it was. */
  erase({ issuer, subject }: Person): void {
    for (const { id, revokedAt } of this.#store.credentialsOf(issuer, subject))
      if (revokedAt === null) this.#revoke(id, 'its holder was erased');
    this.#store.erasePerson(issuer, subject);
  }

  revokeByToken(refreshToken: string): Principal | undefined {
    const token = this.#store.findToken(digestOf(refreshToken));
    if (token === undefined) return undefined;
    this.#revoke(token.credentialId, 'its holder ended it');
    const row = this.#store.findCredential(token.credentialId);
    const person = row && this.#store.findPerson(row.issuer, row.subject);
    return person === undefined ? undefined : (JSON.parse(person) as Principal);
  }

  close(): void {
    this.#store.close();
  }

  #rotate(token: TokenRow, row: CredentialRow): Refreshed | string {
    const now = this.#now();
    if (token.spentAt !== null && !this.#isLostAnswer(token, now)) {
      this.#revoke(row.id, 'a refresh token was used twice: a copy of it is about');
      return 'the refresh token was used before, so its credential is revoked: download a new one in the console';
    }
    const principal = this.#store.findPerson(row.issuer, row.subject);
    if (principal === undefined) return 'the person is not known here any more';
    const refreshToken = newSecret();
    this.#store.transaction(() => {
      if (token.successor !== null) this.#store.dropToken(token.successor);
      if (token.isRoot === 0) this.#store.spendToken(token.digest, digestOf(refreshToken), now);
      this.#store.addToken(digestOf(refreshToken), row.id, false, now);
      this.#store.markUsed(row.id, now);
    });
    const session = row.sessionName === null ? {} : { sessionName: row.sessionName };
    return { principal: { ...(JSON.parse(principal) as Principal), ...session }, credentialId: row.id, refreshToken };
  }

  /** It was spent a moment ago and nobody used what it was exchanged for. */
  #isLostAnswer({ spentAt, successor }: TokenRow, now: number): boolean {
    const next = successor === null ? undefined : this.#store.findToken(successor);
    return now - spentAt! < lostAnswerMs && next !== undefined && next.spentAt === null;
  }

  #revoke(id: string, why: string): void {
    this.#store.revoke(id, why, this.#now());
    this.#revoked.add(id);
  }

  #stateOf({ revokedAt, expiresAt, lastUsedAt, madeAt }: CredentialRow): Credential['state'] {
    if (revokedAt !== null) return 'revoked';
    if (expiresAt <= this.#now()) return 'expired';
    return (lastUsedAt ?? madeAt) < this.#now() - this.#limits.idleMs ? 'idle' : 'good';
  }

  #whyEnded(row: CredentialRow): string | undefined {
    const state = this.#stateOf(row);
    if (state === 'revoked') return `the credential was revoked (${row.revokedWhy})`;
    if (state === 'expired') return 'the credential is expired';
    return state === 'idle' ? 'the credential was not used for too long' : undefined;
  }
}
