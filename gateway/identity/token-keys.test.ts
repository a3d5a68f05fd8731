import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GatewayTokens } from './gateway-tokens.ts';

const minute = 60_000;
const limits = { rotateMs: 24 * 60 * minute, leadMs: 15 * minute };
const principal = { kind: 'agent', issuer: 'https://i', subject: 's', groups: [], actChain: [] } as const;
let directory: string;
let now: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'steno-token-keys-'));
  now = 1_800_000_000_000;
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = () => GatewayTokens.open(directory, limits, () => now);
const pass = (minutes: number): void => {
  now += minutes * minute;
};
const keyIdOf = (token: string): string => (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid;
const published = (tokens: GatewayTokens): unknown[] => tokens.keys.toJwks().keys.map(({ kid }) => kid);
const kept = (): { keys: { jwk: { d?: string } }[] } => JSON.parse(readFileSync(join(directory, 'token-signing-keys.json'), 'utf8'));

test('a new key is published before it signs, the old one verifies until its last token ended, and then is gone', async () => {
  const tokens = await open();
  const first = await tokens.issue(principal);
  await tokens.keys.rotate();
  const [old, next] = published(tokens);
  expect(published(tokens)).toEqual([keyIdOf(first), next]);

  pass(14);
  const late = await tokens.issue(principal);
  expect(keyIdOf(late)).toBe(old);
  pass(2);
  const second = await tokens.issue(principal);
  expect(keyIdOf(second)).toBe(next);
  for (const token of [late, second]) expect((await tokens.verify(token)).principal).toEqual(principal);
  expect(published(tokens)).toEqual([old, next]);

  pass(58);
  await expect(tokens.verify(first)).rejects.toThrow(/"exp" claim/);
  expect((await tokens.verify(second)).isStillSigned()).toBe(true);
  pass(2);
  expect(published(tokens)).toEqual([next]);
  await expect(tokens.verify(late)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
});

test('keys change by themselves when they are old, one at a time however many ask', async () => {
  const tokens = await open();
  const first = keyIdOf(await tokens.issue(principal));
  pass(24 * 60 - 15);
  const during = await Promise.all(Array.from({ length: 20 }, () => tokens.issue(principal)));
  expect(new Set(during.map(keyIdOf))).toEqual(new Set([first]));
  expect(published(tokens)).toHaveLength(2);
  pass(16);
  expect(keyIdOf(await tokens.issue(principal))).toBe(published(tokens)[1]);
});

test('a restart at any moment of a rotation verifies what was issued before', async () => {
  const first = await (await open()).issue(principal);
  await (await open()).keys.rotate();
  const duringLead = await (await open()).issue(principal);
  pass(16);
  const afterLead = await (await open()).issue(principal);
  const restarted = await open();
  for (const token of [first, duringLead, afterLead]) expect((await restarted.verify(token)).principal).toEqual(principal);
  expect(keyIdOf(afterLead)).not.toBe(keyIdOf(duringLead));
});

test('a key that signs no more keeps its public part alone, in a file for the gateway’s user only', async () => {
  const tokens = await open();
  await tokens.keys.rotate();
  expect(kept().keys.map(({ jwk }) => jwk.d !== undefined)).toEqual([true, true]);
  pass(16);
  await tokens.issue(principal);
  expect(kept().keys.map(({ jwk }) => jwk.d !== undefined)).toEqual([false, true]);
  expect(statSync(join(directory, 'token-signing-keys.json')).mode & 0o777).toBe(0o600);
});

test('after a key leaked: another signs at once, and nothing that the old one signed is good', async () => {
  const tokens = await open();
  const leaked = await tokens.issue(principal);
  const remembered = await tokens.verify(leaked);
  await Promise.all([tokens.keys.rotate(), tokens.keys.rotate({ endOld: true })]);
  await expect(tokens.verify(leaked)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  expect(remembered.isStillSigned()).toBe(false);
  expect((await tokens.verify(await tokens.issue(principal))).principal).toEqual(principal);
  await expect((await open()).verify(leaked)).rejects.toThrow();
});

test('others verify our tokens with the published set, which holds nothing private', async () => {
  const tokens = await open();
  await tokens.keys.rotate();
  const set = tokens.keys.toJwks();
  expect(set.keys.map((key) => Object.keys(key).sort())).toEqual(Array(2).fill(['alg', 'crv', 'kid', 'kty', 'use', 'x']));
  const { payload } = await jwtVerify(await tokens.issue(principal), createLocalJWKSet(set as never), { currentDate: new Date(now) });
  expect(payload.sub).toBe('s');
});

test('the one key of an older gateway goes on to verify', async () => {
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true });
  writeFileSync(join(directory, 'token-signing-key.json'), JSON.stringify(await exportJWK(privateKey)));
  const tokens = await open();
  expect(existsSync(join(directory, 'token-signing-key.json'))).toBe(false);
  const old = await tokens.issue(principal);
  expect(published(tokens)).toHaveLength(2);
  pass(16);
  expect((await tokens.verify(old)).principal).toEqual(principal);
});

test('a damaged file is not replaced by new keys in silence', async () => {
  writeFileSync(join(directory, 'token-signing-keys.json'), '{"keys":[]}');
  await expect(open()).rejects.toThrow(/put back its backup/);
});
