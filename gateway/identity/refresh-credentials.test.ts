import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Principal } from '../exchange.ts';
import { type IssuedCredential, RefreshCredentials, type Refreshed } from './refresh-credentials.ts';

const day = 86_400_000;
const ada: Principal = { kind: 'person', issuer: 'https://idp.example', subject: 'ada', groups: ['analysts'], actChain: [] };
let directory: string;
let now: number;
let credentials: RefreshCredentials;

const open = (acceptsIssuer: (issuer: string) => boolean = () => true): RefreshCredentials =>
  new RefreshCredentials(directory, { maxMs: 90 * day, idleMs: 30 * day, perPerson: 3 }, acceptsIssuer, () => now);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'steno-credentials-'));
  now = Date.parse('2026-01-01T00:00:00Z');
  credentials = open();
  credentials.remember(ada);
});
afterEach(() => {
  credentials.close();
  rmSync(directory, { recursive: true });
});

const issue = (): IssuedCredential => credentials.issue(ada, 'laptop', 'ticket-7')!;
const refresh = ({ id }: IssuedCredential, token: string): Refreshed => {
  const refreshed = credentials.refresh(token, id);
  if (typeof refreshed === 'string') throw new Error(refreshed);
  return refreshed;
};
const stateOf = (id: string) => credentials.list(ada).find((each) => each.id === id)?.state;

test('the token of the file is good for many processes, and carries who it is and the session', () => {
  const issued = issue();
  const first = refresh(issued, issued.refreshToken);
  expect(first.principal).toEqual({ ...ada, sessionName: 'ticket-7' });
  expect(refresh(issued, issued.refreshToken).refreshToken).not.toBe(first.refreshToken);
  expect(stateOf(issued.id)).toBe('good');
});

test('a process passes from token to token; one that comes back a second time ends the credential and all its branches', () => {
  const issued = issue();
  const other = refresh(issued, issued.refreshToken).refreshToken;
  const one = refresh(issued, issued.refreshToken).refreshToken;
  const two = refresh(issued, one).refreshToken;
  const three = refresh(issued, two).refreshToken;
  expect(credentials.isRevoked(issued.id)).toBe(false);
  expect(() => refresh(issued, one)).toThrow('used before');
  for (const each of [one, two, three, other, issued.refreshToken]) expect(() => refresh(issued, each)).toThrow(/revoked|not known/);
  expect(credentials.isRevoked(issued.id)).toBe(true);
  expect(credentials.list(ada)[0]).toMatchObject({ state: 'revoked', revokedWhy: expect.stringContaining('used twice') });
});

test('a repeat of a request whose answer was lost is no theft, but only for ten seconds and only until the answer was used', () => {
  const issued = issue();
  const one = refresh(issued, issued.refreshToken).refreshToken;
  const lost = refresh(issued, one).refreshToken;
  now += 5_000;
  const repeated = refresh(issued, one).refreshToken;
  expect(typeof credentials.refresh(lost, issued.id)).toBe('string');
  expect(stateOf(issued.id)).toBe('good');
  now += 6_000;
  expect(() => refresh(issued, one)).toThrow('used before');
  expect(() => refresh(issued, repeated)).toThrow(/revoked|not known/);
});

test('a token is good for its own client, for gcloud and for one that names none; from another it does no harm', () => {
  const [issued, other] = [issue(), issue()];
  for (const client of [issued.id, undefined, '32555940559.apps.googleusercontent.com'])
    expect(credentials.refresh(issued.refreshToken, client)).toHaveProperty('refreshToken');
  for (const client of ['', other.id, 'attacker']) expect(credentials.refresh(issued.refreshToken, client)).toContain('another client');
  expect(stateOf(issued.id)).toBe('good');
});

test('it ends after 90 days, after 30 days unused, and when its person ends it', () => {
  const [old, idle, revoked] = [issue(), issue(), issue()];
  for (let passed = 0; passed < 87; passed += 29) {
    refresh(old, old.refreshToken);
    now += 29 * day;
  }
  expect(() => refresh(idle, idle.refreshToken)).toThrow('not used for too long');
  expect(credentials.revoke(ada, revoked.id, 'its owner revoked it')).toBe(true);
  expect(() => refresh(revoked, revoked.refreshToken)).toThrow('revoked');
  now = Date.parse('2026-01-01T00:00:00Z') + 91 * day;
  expect(() => refresh(old, old.refreshToken)).toThrow('expired');
});

test('nobody ends the credential of another, and a list shows one’s own', () => {
  const issued = issue();
  const bob = { ...ada, subject: 'bob' };
  expect(credentials.revoke(bob, issued.id, 'bob')).toBe(false);
  expect(credentials.revoke({ ...ada, issuer: 'https://other.example' }, issued.id, 'other')).toBe(false);
  expect(credentials.list(bob)).toEqual([]);
  expect(stateOf(issued.id)).toBe('good');
});

test('groups follow what the identity provider said last', () => {
  const issued = issue();
  credentials.remember({ ...ada, groups: [] });
  expect(refresh(issued, issued.refreshToken).principal.groups).toEqual([]);
});

test('an identity provider that is no longer configured lets nobody in', () => {
  const issued = issue();
  credentials.close();
  credentials = open(() => false);
  expect(() => refresh(issued, issued.refreshToken)).toThrow('may not sign in here any more');
});

test('a restart forgets neither a revocation nor a rotation', () => {
  const [issued, other] = [issue(), issue()];
  const one = refresh(issued, issued.refreshToken).refreshToken;
  refresh(issued, one);
  credentials.revoke(ada, other.id, 'lost');
  now += 60_000;
  credentials.close();
  credentials = open();
  expect(credentials.isRevoked(other.id)).toBe(true);
  expect(() => refresh(issued, one)).toThrow('used before');
});

test('no secret is on the disk', () => {
  const issued = issue();
  const rotated = refresh(issued, issued.refreshToken).refreshToken;
  const bytes = ['credentials.sqlite', 'credentials.sqlite-wal'].map((name) => readFileSync(join(directory, name), 'latin1')).join('');
  for (const secret of [issued.refreshToken, rotated]) expect(bytes).not.toContain(secret.slice(4));
  expect(bytes).toContain(issued.id);
});

test('as many as one may have, and no more', () => {
  const first = issue();
  issue();
  issue();
  expect(credentials.issue(ada, 'one too many', undefined)).toBeUndefined();
  credentials.revoke(ada, first.id, 'room');
  expect(credentials.issue(ada, 'again', undefined)).toBeDefined();
});

test('whoever holds a token may end its credential; a made-up one ends nothing', () => {
  const issued = issue();
  credentials.revokeByToken('stn_made-up');
  expect(stateOf(issued.id)).toBe('good');
  credentials.revokeByToken(issued.refreshToken);
  expect(stateOf(issued.id)).toBe('revoked');
});
