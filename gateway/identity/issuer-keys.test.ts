import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type IssuerMood, startTestIssuer, type TestIssuer } from '../testing/test-issuer.ts';
import { IssuerKeys } from './issuer-keys.ts';

const minute = 60_000;
let issuer: TestIssuer;
let now: number;
let keys: IssuerKeys;

beforeEach(async () => {
  issuer = await startTestIssuer();
  now = Date.parse('2026-01-01T00:00:00Z');
  keys = new IssuerKeys(issuer.issuer, () => now);
});
afterEach(() => issuer.close());

const published = () => ({ alg: 'RS256', kid: issuer.keys[0]!.kid! });
const find = (kid: string) => keys.find({ alg: 'RS256', kid });
const unavailable = { code: 'IDENTITY_KEYS_UNAVAILABLE', status: 503 };

test('the key set is fetched once for all who wait', async () => {
  await Promise.all(Array.from({ length: 50 }, () => keys.find(published())));
  expect(issuer.fetches).toBe(1);
});

test('a new key is found at once, and the old one is no longer good', async () => {
  const old = published();
  await keys.find(old);
  for (let turn = 0; turn < 3; turn++) {
    await issuer.rotate();
    await keys.find(published());
    expect(keys.holds(published().kid)).toBe(true);
  }
  expect(keys.holds(old.kid)).toBe(false);
  await expect(keys.find(old)).rejects.toThrow('no applicable key');
});

test('thousands of unknown keys ask the issuer a handful of times, and then once in five seconds', async () => {
  await keys.find(published());
  for (let count = 0; count < 3_000; count++) await find(`unknown-${count}`).catch(() => undefined);
  expect(issuer.fetches).toBeLessThanOrEqual(5);
  const before = issuer.fetches;
  for (let second = 0; second < 20; second++) {
    now += 1_000;
    await Promise.allSettled(Array.from({ length: 50 }, (_, count) => find(`later-${second}-${count}`)));
  }
  expect(issuer.fetches - before).toBeLessThanOrEqual(4);
});

test('the same unknown key over and over asks once in half a minute', async () => {
  await keys.find(published());
  for (let count = 0; count < 20; count++) {
    await find('unknown').catch(() => undefined);
    now += 1_000;
  }
  expect(issuer.fetches).toBe(2);
});

test('a flood of unknown keys keeps nobody with a known key waiting', async () => {
  await keys.find(published());
  issuer.mood = 'hang';
  const flood = Promise.allSettled(Array.from({ length: 100 }, (_, count) => find(`unknown-${count}`)));
  const asked = performance.now();
  await keys.find(published());
  expect(performance.now() - asked).toBeLessThan(1_000);
  await issuer.close();
  await flood;
});

describe.each<[IssuerMood | 'down']>([['down'], ['garbage'], ['empty'], ['not found'], ['redirect'], ['impostor']])(
  'issuer: %s',
  (mood) => {
    const fall = () => (mood === 'down' ? Object.assign(issuer, { isDown: true }) : Object.assign(issuer, { mood }));

    test('from the start: the token cannot be checked, which is no fault of the token', async () => {
      fall();
      await expect(keys.find(published())).rejects.toMatchObject(unavailable);
    });

    test('later: the last good keys serve for a day, then none do; when it is back, so are its keys', async () => {
      await keys.find(published());
      fall();
      now += 23 * 60 * minute;
      await expect(keys.find(published())).resolves.toBeDefined();
      await expect(find('unknown')).rejects.toThrow('no applicable key');
      now += 2 * 60 * minute;
      await expect(keys.find(published())).rejects.toMatchObject(unavailable);
      Object.assign(issuer, { isDown: false, mood: 'well' });
      now += minute;
      await expect(keys.find(published())).resolves.toBeDefined();
    });
  },
);

test.each<[IssuerMood]>([['hang'], ['trickle']])(
  'an issuer that is slow (%s) is given five seconds',
  async (mood) => {
    issuer.mood = mood;
    const begun = performance.now();
    await expect(keys.find(published())).rejects.toMatchObject(unavailable);
    expect(performance.now() - begun).toBeLessThan(9_000);
  },
  15_000,
);

test('keys are refreshed in the background after ten minutes, while requests go on', async () => {
  await keys.find(published());
  now += 11 * minute;
  expect(keys.holds(published().kid)).toBe(true);
  await vi.waitFor(() => expect(issuer.fetches).toBe(2));
});

test('a key set with what is no public signing key beside good ones still serves the good ones', async () => {
  issuer.keys.push({ kty: 'oct', k: 'c2VjcmV0', kid: 'secret' }, { ...issuer.keys[0]!, kid: 'encryption', use: 'enc' }, null as never);
  await expect(keys.find(published())).resolves.toBeDefined();
  await expect(find('secret')).rejects.toThrow('no applicable key');
  await expect(find('encryption')).rejects.toThrow('no applicable key');
});

test('a token of a key without kid in a set of one is verified', async () => {
  const { kid: _, ...nameless } = issuer.keys[0]!;
  issuer.keys.splice(0, 1, nameless);
  expect(decodeProtectedHeader(await issuer.mint({}, { kid: undefined as never })).kid).toBeUndefined();
  await expect(keys.find({ alg: 'RS256' })).resolves.toBeDefined();
  expect(keys.holds('')).toBe(true);
});
