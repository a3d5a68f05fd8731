import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startPeopleIssuer } from '../../fixtures/people-issuer.ts';
import { type IssuerConfig, parseConfig } from '../config.ts';
import { testAudience } from '../testing/test-issuer.ts';
import { GatewayTokens } from './gateway-tokens.ts';
import { TokenIntrospection } from './introspect-token.ts';
import { TokenVerifier } from './verify-token.ts';

type Asked = { readonly form: URLSearchParams; readonly headers: IncomingHttpHeaders };
let directory: string;
let own: GatewayTokens;
let endpoint: string;
let closeEndpoint: () => void;
let asked: Asked[];
let answer: () => { status?: number; body: unknown } | undefined;

const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;
const active = (more: object = {}) => ({ body: { active: true, sub: 'bot', aud: testAudience, exp: inAnHour(), groups: ['g'], ...more } });

beforeAll(async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  directory = mkdtempSync(join(tmpdir(), 'steno-introspection-'));
  writeFileSync(join(directory, 'secret'), 'top secret:%\n');
  own = await GatewayTokens.open(directory);
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      asked.push({ form: new URLSearchParams(body), headers: request.headers });
      const given = answer();
      if (given === undefined) return;
      response.writeHead(given.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(given.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect`;
  closeEndpoint = () => server.close().closeAllConnections();
});
beforeEach(() => {
  asked = [];
  answer = () => active();
});
afterAll(() => {
  closeEndpoint();
  rmSync(directory, { recursive: true });
  vi.restoreAllMocks();
});

function issuersWith(...settings: string[]): readonly IssuerConfig[] {
  const issuers = settings.map(
    (each, index) =>
      `{ issuer: 'https://issuer-${index}.example', audience: '${testAudience}', introspection: { clientId: 'the gateway', clientSecretFile: secret, ${each} } }`,
  );
  const config = parseConfig(
    `{ dataDirectory: d, policy: { directory: p }, connections: [{ name: c, projects: ['*'], credentials: none }], issuers: [${issuers.join(', ')}] }`,
    directory,
  );
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return config.value.issuers;
}
const aVerifier = (...settings: string[]): TokenVerifier =>
  new TokenVerifier(issuersWith(...(settings.length === 0 ? [`endpoint: '${endpoint}'`] : settings)), own);

test('an opaque token is what its issuer says it is, and the issuer is asked as RFC 7662 has it', async () => {
  const { principal } = await aVerifier().verify('opaque-token');
  expect(principal).toMatchObject({ kind: 'agent', issuer: 'https://issuer-0.example', subject: 'bot', groups: ['g'] });
  expect(asked).toHaveLength(1);
  expect(Object.fromEntries(asked[0]!.form)).toEqual({ token: 'opaque-token', token_type_hint: 'access_token' });
  const [id, secret] = Buffer.from(asked[0]!.headers.authorization!.slice(6), 'base64').toString().split(':');
  expect([id, secret].map((each) => new URLSearchParams(`x=${each}`).get('x'))).toEqual(['the gateway', 'top secret:%']);
});

test('the client can be named in the form instead', async () => {
  await aVerifier(`endpoint: '${endpoint}', authentication: post`).verify('opaque-token');
  expect(Object.fromEntries(asked[0]!.form)).toMatchObject({ client_id: 'the gateway', client_secret: 'top secret:%' });
  expect(asked[0]!.headers.authorization).toBeUndefined();
});

test.each<[string, object]>([
  ['not active', { active: false }],
  ['another issuer', { iss: 'https://attacker.example' }],
  ['another audience', { aud: 'https://other.test' }],
  ['ours among others', { aud: [testAudience, 'https://other.test'] }],
  ['no audience', { aud: undefined }],
  ['expired', { exp: 1 }],
  ['not valid yet', { nbf: inAnHour() }],
  ['issued in the future', { iat: inAnHour() }],
  ['no subject', { sub: undefined }],
  ['bound to a key', { cnf: { jkt: 'x' } }],
  ['of the type DPoP', { token_type: 'DPoP' }],
])('%s → 401', async (_, more) => {
  answer = () => active(more);
  await expect(aVerifier().verify('opaque-token')).rejects.toMatchObject({ status: 401, code: 'IDENTITY_BAD_TOKEN' });
});

test.each<[string, () => ReturnType<typeof answer>]>([
  ['500', () => ({ status: 500, body: {} })],
  ['401: our own client is refused', () => ({ status: 401, body: {} })],
  ['an array', () => ({ body: [] })],
  ['no "active"', () => ({ body: { sub: 'bot' } })],
  ['"active" as text', () => ({ body: { active: 'true', sub: 'bot', aud: testAudience } })],
  ['an expiry as text', () => active({ exp: 'never' })],
])('the issuer answers %s → 503, which is no fault of the token', async (_, odd) => {
  answer = odd;
  await expect(aVerifier().verify('opaque-token')).rejects.toMatchObject({ status: 503, code: 'IDENTITY_INTROSPECTION_UNAVAILABLE' });
});

test('an issuer that is slow is given five seconds', { timeout: 10_000 }, async () => {
  answer = () => undefined;
  await expect(aVerifier().verify('opaque-token')).rejects.toMatchObject({ status: 503 });
});

test('the answer is remembered for a minute, or until the token expires; a refusal for ten seconds; a failure not at all', async () => {
  let now = Date.now();
  const introspection = new TokenIntrospection(issuersWith(`endpoint: '${endpoint}'`)[0]!, () => now);
  const askAfter = async (token: string, ms: number): Promise<number> => {
    now += ms;
    await introspection.ask(token).catch(() => undefined);
    return asked.length;
  };
  expect([await askAfter('long', 0), await askAfter('long', 59_000), await askAfter('long', 2_000)]).toEqual([1, 1, 2]);
  answer = () => active({ exp: Math.floor(now / 1000) + 20 });
  expect([await askAfter('short', 0), await askAfter('short', 18_000), await askAfter('short', 3_000)]).toEqual([3, 3, 4]);
  answer = () => ({ body: { active: false } });
  expect([await askAfter('bad', 0), await askAfter('bad', 9_000), await askAfter('bad', 2_000)]).toEqual([5, 5, 6]);
  answer = () => ({ status: 500, body: {} });
  expect([await askAfter('unlucky', 0), await askAfter('unlucky', 0)]).toEqual([7, 8]);
});

test('the same token at once is asked about once; a flood of others is not passed on', async () => {
  const verifier = aVerifier();
  await Promise.all(Array.from({ length: 50 }, () => verifier.verify('one-token')));
  expect(asked).toHaveLength(1);
  answer = () => undefined;
  const flood = Array.from({ length: 500 }, (_, count) =>
    verifier.verify(`made-up-${count}`).catch((error: { status: number }) => error.status),
  );
  expect(await Promise.race(flood)).toBe(503);
  expect(asked.length).toBeLessThanOrEqual(1 + 32);
  expect((await verifier.verify('one-token')).principal.subject).toBe('bot');
});

test('a JWT is never shown to an introspection endpoint, nor is a token of another issuer’s prefix', async () => {
  const verifier = aVerifier(`endpoint: '${endpoint}', prefix: [a_]`, `endpoint: '${endpoint}'`);
  await expect(
    verifier.verify(await own.issue({ kind: 'agent', issuer: 'i', subject: 's', groups: [], actChain: [] })),
  ).resolves.toBeDefined();
  expect(asked).toHaveLength(0);
  expect((await verifier.verify('a_token')).principal.issuer).toBe('https://issuer-0.example');
  expect((await verifier.verify('b_token')).principal.issuer).toBe('https://issuer-1.example');
});

test('a real issuer (oidc-provider): found by discovery, revocation counts', async () => {
  const real = await startPeopleIssuer({ redirectUris: ['http://127.0.0.1/never'] });
  writeFileSync(join(directory, 'real-secret'), real.clientSecret);
  const config = parseConfig(
    `{ dataDirectory: d, policy: { directory: p }, connections: [{ name: c, projects: ['*'], credentials: none }], issuers: [{ issuer: '${real.issuer}', audience: '${testAudience}', introspection: { clientId: ${real.clientId}, clientSecretFile: real-secret } }] }`,
    directory,
  );
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  const token = await real.mintOpaque(testAudience);
  expect(token.split('.')).toHaveLength(1);
  // A machine's token of oidc-provider has no subject: what must not pass as somebody.
  await expect(new TokenVerifier(config.value.issuers, own).verify(token)).rejects.toMatchObject({
    message: expect.stringContaining('no usable subject'),
  });
  await expect(new TokenVerifier(config.value.issuers, own).verify(await real.mintOpaque('https://other.test'))).rejects.toMatchObject({
    message: expect.stringContaining('other audiences'),
  });
  await real.revoke(token);
  await expect(new TokenVerifier(config.value.issuers, own).verify(token)).rejects.toMatchObject({
    message: expect.stringContaining('not active'),
  });
  await real.close();
});
