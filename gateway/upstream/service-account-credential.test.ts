import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ServiceAccountCredential } from './service-account-credential.ts';

let server: Server;
let key: Record<string, string>;
let publicKey: CryptoKey;
let asked: URLSearchParams[];
let status: number;

beforeEach(async () => {
  asked = [];
  status = 200;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      asked.push(new URLSearchParams(body));
      response.writeHead(status).end(JSON.stringify({ access_token: `token-${asked.length}`, expires_in: 3600, token_type: 'Bearer' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pair = await generateKeyPair('RS256', { extractable: true });
  publicKey = pair.publicKey;
  key = {
    type: 'service_account',
    client_email: 'gateway@acme.iam.gserviceaccount.com',
    private_key: await exportPKCS8(pair.privateKey),
    private_key_id: 'k1',
    token_uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
  };
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

test('a signed assertion is exchanged, once for all who wait, and the answer is kept', async () => {
  const credential = new ServiceAccountCredential(key);
  const headers = await Promise.all(Array.from({ length: 20 }, () => credential.authorization()));
  expect(new Set(headers)).toEqual(new Set(['Bearer token-1']));
  expect(asked).toHaveLength(1);
  const { payload, protectedHeader } = await jwtVerify(asked[0]!.get('assertion')!, publicKey, {
    audience: key['token_uri']!,
    issuer: key['client_email']!,
  });
  expect(protectedHeader.kid).toBe('k1');
  expect(payload['scope']).toContain('auth/bigquery');
  expect(credential.authorization()).toBe('Bearer token-1');
});

test('it is renewed ahead of its end, without anybody waiting', async () => {
  const credential = new ServiceAccountCredential(key);
  await credential.authorization();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 56 * 60_000 });
  expect(credential.authorization()).toBe('Bearer token-1');
  await vi.waitFor(() => expect(credential.authorization()).toBe('Bearer token-2'));
  expect(asked).toHaveLength(2);
});

test('while renewing fails, the old token serves to its end; then the refusal says why', async () => {
  const credential = new ServiceAccountCredential(key);
  await credential.authorization();
  status = 500;
  const start = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: start + 58 * 60_000 });
  expect(credential.authorization()).toBe('Bearer token-1');
  vi.setSystemTime(start + 61 * 60_000);
  await expect(credential.authorization()).rejects.toMatchObject({ code: 'UPSTREAM_NO_CREDENTIAL', status: 503 });
});

test('a key that would be sent in clear, or is none, is refused at the start', () => {
  expect(() => new ServiceAccountCredential({ ...key, token_uri: 'http://attacker.example/token' })).toThrow(/https/);
  expect(() => ServiceAccountCredential.fromFile('/does/not/exist.json')).toThrow(/cannot be used/);
});
