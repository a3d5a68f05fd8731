import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Principal } from '../exchange.ts';
import { isOwnForm, Logins } from './logins.ts';

const minute = 60_000;
const ada: Principal = { kind: 'person', issuer: 'https://idp.example', subject: 'ada', groups: [], actChain: [] };
let directory: string;
let now: number;
let logins: Logins;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'steno-logins-'));
  now = Date.parse('2026-01-01T00:00:00Z');
  logins = new Logins(directory, { idleMs: 30 * minute, maxMs: 12 * 60 * minute }, () => now);
});
afterEach(() => {
  logins.close();
  rmSync(directory, { recursive: true });
});

test('a cookie tells who is signed in, until the login ends', () => {
  const { id, cookie } = logins.begin(ada, 'corp', 'hint');
  expect(logins.find(cookie)).toMatchObject({ login: { id, principal: ada, provider: 'corp', logoutHint: 'hint' }, nextCookie: undefined });
  logins.end(id);
  expect(logins.find(cookie)).toBeUndefined();
});

test.each([undefined, '', 'x', 'x'.repeat(43), "' OR 1=1 --"])('the cookie %j is nobody’s', (cookie) => {
  logins.begin(ada, 'corp');
  expect(logins.find(cookie)).toBeUndefined();
});

test('half an hour without a request ends it, and twelve hours end it all the same', () => {
  const { cookie } = logins.begin(ada, 'corp');
  now += 31 * minute;
  expect(logins.find(cookie)).toBeUndefined();
  let busy = logins.begin(ada, 'corp').cookie;
  for (let passed = 0; passed < 12 * 60; passed += 20) {
    const found = logins.find(busy);
    expect(found).toBeDefined();
    busy = found!.nextCookie ?? busy;
    now += 20 * minute;
  }
  expect(logins.find(busy)).toBeUndefined();
});

test('the cookie changes every ten minutes; the one before is good for requests that were under way', () => {
  const { cookie } = logins.begin(ada, 'corp');
  now += 11 * minute;
  const next = logins.find(cookie)!.nextCookie!;
  expect(next).not.toBe(cookie);
  now += 30_000;
  expect(logins.find(cookie)).toMatchObject({ nextCookie: undefined });
  expect(logins.find(next)).toBeDefined();
});

test('a cookie that was changed long ago is a copy: the login ends for everybody', () => {
  const { cookie } = logins.begin(ada, 'corp');
  now += 11 * minute;
  const next = logins.find(cookie)!.nextCookie!;
  now += 5 * minute;
  expect(logins.find(cookie)).toBeUndefined();
  expect(logins.find(next)).toBeUndefined();
});

test('a restart signs nobody out; no cookie is on the disk', () => {
  const { cookie } = logins.begin(ada, 'corp');
  const bytes = ['console.sqlite', 'console.sqlite-wal'].map((name) => readFileSync(join(directory, name), 'latin1')).join('');
  expect(bytes).not.toContain(cookie);
  logins.close();
  logins = new Logins(directory, { idleMs: 30 * minute, maxMs: 12 * 60 * minute }, () => now);
  expect(logins.find(cookie)?.login.principal).toEqual(ada);
});

test('an assertion is used once for its provider', () => {
  expect(logins.takeAssertion('idp', '_1', now + minute)).toBe(true);
  expect(logins.takeAssertion('idp', '_1', now + minute)).toBe(false);
  expect(logins.takeAssertion('other', '_1', now + minute)).toBe(true);
});

test('a form is one’s own by its token alone', () => {
  const { login } = logins.find(logins.begin(ada, 'corp').cookie)!;
  expect(isOwnForm(login, login.csrf)).toBe(true);
  for (const other of [undefined, '', `${login.csrf}x`, login.csrf.slice(1), [login.csrf]]) expect(isOwnForm(login, other)).toBe(false);
});
