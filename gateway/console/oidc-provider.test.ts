// A provider that lies: what its token endpoint answers must not sign anybody in.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { people } from '../config-people.ts';
import { GatewayTokens } from '../identity/gateway-tokens.ts';
import { ConsoleProblem } from './console-problem.ts';
import { OidcSignIn } from './oidc-provider.ts';

type Claims = Record<string, unknown>;
let server: Server;
let issuer: string;
let directory: string;
let own: GatewayTokens;
let signing: Awaited<ReturnType<typeof generateKeyPair>>;
let published: JWK;
/** What the token endpoint answers; given the claims that would be right. */
let answer: (claims: Claims) => Promise<Record<string, unknown>>;
let userInfo: () => unknown;
let nonce: string;

const sign = (claims: Claims, header: Record<string, unknown> = {}, key: CryptoKey = signing.privateKey): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key);
const tokens = (id_token?: string) => ({
  access_token: 'opaque',
  token_type: 'Bearer',
  expires_in: 60,
  ...(id_token === undefined ? {} : { id_token }),
});

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'steno-oidc-'));
  own = await GatewayTokens.open(directory);
  signing = await generateKeyPair('RS256', { extractable: true });
  published = { ...(await exportJWK(signing.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  server = createServer(async (request, response) => {
    const path = new URL(request.url!, issuer).pathname;
    const now = Math.floor(Date.now() / 1000);
    const documents: Record<string, () => unknown> = {
      '/.well-known/openid-configuration': () => ({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/me`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        id_token_signing_alg_values_supported: ['RS256', 'ES256', 'HS256'],
      }),
      '/jwks': () => ({ keys: [published] }),
      '/token': () => answer({ iss: issuer, aud: 'steno', sub: 'ada', iat: now, exp: now + 60, nonce }),
      '/me': () => userInfo(),
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(await documents[path]?.()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  answer = async (claims) => tokens(await sign(claims));
  userInfo = () => ({ sub: 'ada', email: 'ada@example.com', groups: ['analysts'] });
});
afterAll(() => {
  server.close().closeAllConnections();
  rmSync(directory, { recursive: true });
});

async function signIn(): Promise<Awaited<ReturnType<OidcSignIn['finish']>>> {
  const config = people.parse({ oidc: [{ name: 'corp', issuer, clientId: 'steno', algorithms: ['RS256'] }] });
  const provider = new OidcSignIn(config.oidc[0]!, 'https://gw.example/console', own);
  const { attempt } = await provider.start();
  nonce = attempt.nonce!;
  return provider.finish(`?code=c&state=${attempt.id}`, attempt);
}

test('an honest provider signs in; groups and e-mail may come from its userinfo', async () => {
  const { principal } = await signIn();
  expect(principal).toEqual({ kind: 'person', issuer, subject: 'ada', groups: ['analysts'], actChain: [], email: 'ada@example.com' });
});

test('what the ID token says counts for more than userinfo', async () => {
  answer = async (claims) => tokens(await sign({ ...claims, email: 'signed@example.com', groups: [] }));
  expect((await signIn()).principal).toMatchObject({ email: 'signed@example.com', groups: [] });
});

test.each<[string, typeof answer]>([
  ['no ID token', async () => tokens()],
  ['an ID token signed by a stranger', async (claims) => tokens(await sign(claims, {}, (await generateKeyPair('RS256')).privateKey))],
  [
    'an ID token of an algorithm that is not pinned',
    async (claims) => tokens(await sign(claims, { alg: 'ES256' }, (await generateKeyPair('ES256')).privateKey)),
  ],
  [
    'an unsigned ID token',
    async (claims) =>
      tokens(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`),
  ],
  ['an ID token that brings its own key', async (claims) => tokens(await sign(claims, { jwk: published }))],
  ['another nonce', async (claims) => tokens(await sign({ ...claims, nonce: 'another' }))],
  ['no nonce', async ({ nonce: _, ...claims }) => tokens(await sign(claims))],
  ['another audience', async (claims) => tokens(await sign({ ...claims, aud: 'another' }))],
  ['ours among others', async (claims) => tokens(await sign({ ...claims, aud: ['steno', 'another'], azp: 'steno' }))],
  ['another issuer', async (claims) => tokens(await sign({ ...claims, iss: 'https://attacker.example' }))],
  ['expired', async (claims) => tokens(await sign({ ...claims, exp: 1 }))],
  ['no subject', async ({ sub: _, ...claims }) => tokens(await sign(claims))],
  ['an invisible subject', async (claims) => tokens(await sign({ ...claims, sub: '\u200b' }))],
  ['groups that are no list', async (claims) => tokens(await sign({ ...claims, groups: { admins: true }, email: 'x', name: 'x' }))],
  ['an error', async () => ({ error: 'invalid_grant' })],
  ['no tokens at all', async () => ({})],
])('%s signs nobody in', async (_, lie) => {
  answer = lie;
  const problem = await signIn().catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(ConsoleProblem);
  expect(problem).toMatchObject({ status: 403, title: 'You could not be signed in' });
});

test('userinfo of somebody else signs nobody in', async () => {
  userInfo = () => ({ sub: 'mallory', groups: ['admins'] });
  await expect(signIn()).rejects.toMatchObject({ status: 403 });
});
