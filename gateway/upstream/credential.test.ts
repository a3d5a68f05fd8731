import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Connection } from '../config.ts';
import { createCredential } from './credential.ts';

type Asked = { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string };

const directory = mkdtempSync(join(tmpdir(), 'credential-'));
const keyFile = join(directory, 'key.json');
let server: Server;
let origin: string;
let key: Record<string, string>;
let publicKey: CryptoKey;
let asked: Asked[];
let status: number;

/** Google's token endpoints: each answer is another token. */
beforeEach(async () => {
  asked = [];
  status = 200;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      asked.push({ url: request.url!, headers: request.headers, body });
      const token = `token-${asked.length}`;
      const impersonated = { accessToken: token, expireTime: new Date(Date.now() + 3_600_000).toISOString() };
      const answer = request.url!.endsWith(':generateAccessToken')
        ? impersonated
        : {
            access_token: token,
            expires_in: 3600,
            token_type: 'Bearer',
            issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          };
      response.writeHead(status, { 'content-type': 'application/json', 'metadata-flavor': 'Google' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pair = await generateKeyPair('RS256', { extractable: true });
  publicKey = pair.publicKey;
  key = {
    type: 'service_account',
    client_email: 'gateway@acme.iam.gserviceaccount.com',
    private_key: await exportPKCS8(pair.privateKey),
    private_key_id: 'k1',
    token_uri: `${origin}/token`,
  };
  writeFileSync(keyFile, JSON.stringify(key));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const write = (name: string, content: unknown): string => {
  const path = join(directory, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const externalAccount = () =>
  write('external.json', {
    type: 'external_account',
    audience: '//identity.example.com/pool',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${origin}/sts`,
    credential_source: { file: write('subject.jwt', 'subject-token') },
  });
const fromKey = () => createCredential({ serviceAccountKeyFile: keyFile });

describe('a service account key', () => {
  test('a signed assertion is exchanged, once for all who wait, and the answer is kept', async () => {
    const credential = fromKey();
    const headers = await Promise.all(Array.from({ length: 20 }, () => credential.authorization()));
    expect(new Set(headers)).toEqual(new Set(['Bearer token-1']));
    expect(asked).toHaveLength(1);
    const assertion = new URLSearchParams(asked[0]!.body).get('assertion')!;
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, {
      audience: key['token_uri']!,
      issuer: key['client_email']!,
    });
    expect(protectedHeader.kid).toBe('k1');
    expect(payload['scope']).toContain('auth/bigquery');
    expect(credential.authorization()).toBe('Bearer token-1');
  });

  test('it is renewed ahead of its end, without anybody waiting', async () => {
    const credential = fromKey();
    await credential.authorization();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 56 * 60_000 });
    expect(credential.authorization()).toBe('Bearer token-1');
    await vi.waitFor(() => expect(credential.authorization()).toBe('Bearer token-2'));
    expect(asked).toHaveLength(2);
  });

  test('while renewing fails, the old token serves to its end; then the refusal says why', async () => {
    const credential = fromKey();
    await credential.authorization();
    status = 500;
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start + 58 * 60_000 });
    expect(credential.authorization()).toBe('Bearer token-1');
    vi.setSystemTime(start + 61 * 60_000);
    await expect(credential.authorization()).rejects.toMatchObject({ code: 'UPSTREAM_NO_CREDENTIAL', status: 503 });
  });

  test.each<[string, () => Connection['credentials'], RegExp]>([
    [
      'sent in clear',
      () => ({ serviceAccountKeyFile: write('clear.json', { ...key, token_uri: 'http://attacker.example/token' }) }),
      /cannot be used/,
    ],
    ['of another kind', () => ({ serviceAccountKeyFile: write('other.json', { type: 'authorized_user' }) }), /no service account key/],
    ['absent', () => ({ serviceAccountKeyFile: '/does/not/exist.json' }), /cannot be used/],
    ['absent, of any type', () => ({ credentialFile: '/does/not/exist.json' }), /cannot be read/],
  ])('%s is refused at the start', (_, credentials, sentence) => {
    expect(() => createCredential(credentials())).toThrow(sentence);
  });
});

describe('every kind is renewed ahead of its end, without anybody waiting', () => {
  const serviceAccount = 'reader@acme.iam.gserviceaccount.com';
  const impersonate = { serviceAccount, lifetimeSeconds: 3600, endpoint: '' };
  test.each<[string, () => Connection['credentials']]>([
    ['a service account key', () => ({ serviceAccountKeyFile: keyFile })],
    ['a credential file of another type', () => ({ credentialFile: externalAccount() })],
    ['application default credentials', () => 'applicationDefault'],
    ['impersonation', () => ({ impersonate: { ...impersonate, endpoint: origin }, source: { serviceAccountKeyFile: keyFile } })],
  ])('%s', async (_, credentials) => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', externalAccount());
    const credential = createCredential(credentials());
    const first = await credential.authorization();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start + 54 * 60_000 });
    expect(credential.authorization()).toBe(first);
    const askedBefore = asked.length;
    vi.setSystemTime(start + 56 * 60_000);
    expect(credential.authorization()).toBe(first);
    await vi.waitFor(() => expect(credential.authorization()).not.toBe(first));
    expect(asked.length).toBeGreaterThan(askedBefore);
    // Before the end of the first: nobody was refused, nobody waited.
    expect(credential.authorization()).toMatch(/^Bearer token-\d+$/);
  });

  test('a token that has ended is not in the heap any more', { timeout: 60_000 }, () => {
    const script = join(import.meta.dirname, 'testing/hold-token.ts');
    execFileSync(process.execPath, ['--expose-gc', script, directory], { stdio: 'pipe' });
    const secret = readFileSync(join(directory, 'secret'), 'utf8');
    expect(readFileSync(join(directory, 'during'), 'utf8').includes(secret)).toBe(true);
    expect(readFileSync(join(directory, 'after'), 'utf8').includes(secret)).toBe(false);
  });
});

describe("by Google's own library", () => {
  test('a credential file of another type', async () => {
    expect(await createCredential({ credentialFile: externalAccount() }).authorization()).toBe('Bearer token-1');
    expect(asked[0]!.url).toBe('/sts');
    expect(new URLSearchParams(asked[0]!.body).get('subject_token')).toBe('subject-token');
  });

  test('application default credentials, as the environment names them', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', externalAccount());
    expect(await createCredential('applicationDefault').authorization()).toBe('Bearer token-1');
  });
});

describe('impersonation', () => {
  const serviceAccount = 'reader@acme.iam.gserviceaccount.com';
  const impersonated = () =>
    createCredential({
      impersonate: { serviceAccount, lifetimeSeconds: 1800, endpoint: origin },
      source: { serviceAccountKeyFile: keyFile },
    });

  test('the source’s token asks for the other account’s', async () => {
    expect(await impersonated().authorization()).toBe('Bearer token-2');
    expect(asked[1]).toMatchObject({
      url: `/v1/projects/-/serviceAccounts/${encodeURIComponent(serviceAccount)}:generateAccessToken`,
      headers: { authorization: 'Bearer token-1' },
    });
    expect(JSON.parse(asked[1]!.body)).toMatchObject({ lifetime: '1800s' });
  });

  test('a refusal names the account and no token', async () => {
    const credential = impersonated();
    status = 403;
    await expect(credential.authorization()).rejects.toMatchObject({ code: 'UPSTREAM_NO_CREDENTIAL' });
    await expect(credential.authorization()).rejects.not.toMatchObject({ message: expect.stringMatching(/token-\d/) });
  });
});
