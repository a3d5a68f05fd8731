import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIssuer } from '../../fixtures/issuer.ts';
import { parseConfig } from '../config.ts';
import { Refusal } from '../errors.ts';
import { hostileTokens } from '../testing/hostile-tokens.ts';
import { startTestIssuer, type TestIssuer, testAudience } from '../testing/test-issuer.ts';
import { GatewayTokens } from './gateway-tokens.ts';
import { readBearer } from './read-bearer.ts';
import { TokenVerifier } from './verify-token.ts';

let issuer: TestIssuer;
let directory: string;
let own: GatewayTokens;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'steno-identity-'));
  issuer = await startTestIssuer();
  own = await GatewayTokens.open(directory);
});
afterAll(async () => {
  await issuer.close();
  rmSync(directory, { recursive: true });
});

function aVerifier(...addresses: string[]): TokenVerifier {
  const issuers = (addresses.length === 0 ? [issuer.issuer] : addresses).map(
    (address) => `{ issuer: '${address}', audience: '${testAudience}', claims: { session: run_id } }`,
  );
  const config = parseConfig(
    `{ dataDirectory: d, policy: { directory: p }, connections: [{ name: c, projects: ['*'], credentials: none }],
       issuers: [${issuers.join(', ')}] }`,
    directory,
  );
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return new TokenVerifier(config.value.issuers, own);
}

const verifyBearer = async (verifier: TokenVerifier, token: string) => verifier.verify(readBearer(['Authorization', `Bearer ${token}`]));

test('a good token tells who it is', async () => {
  const token = await issuer.mint({ groups: ['analysts'], email: 'a@b.c', run_id: 'run-7', act: { sub: 'tool', act: { sub: 'agent' } } });
  const { principal } = await verifyBearer(aVerifier(), token);
  expect(principal).toEqual({
    kind: 'agent',
    issuer: issuer.issuer,
    subject: 'agent-1',
    groups: ['analysts'],
    actChain: ['tool', 'agent'],
    email: 'a@b.c',
    sessionName: 'run-7',
  });
});

test('a token of a real issuer (oidc-provider) is accepted, and of another audience refused', async () => {
  const real = await startIssuer();
  const verifier = aVerifier(real.issuer);
  const good = await real.mint({ subject: 'bot', audience: testAudience, claims: { groups: ['analysts'] } });
  expect((await verifyBearer(verifier, good)).principal).toMatchObject({ subject: 'bot', groups: ['analysts'] });
  await expect(verifyBearer(verifier, await real.mint({ subject: 'bot', audience: 'https://other.test' }))).rejects.toMatchObject({
    status: 401,
  });
  await real.close();
});

test('there are at least sixty hostile tokens', () => expect(hostileTokens.length).toBeGreaterThanOrEqual(60));

describe.each([['RS256'], ['ES256']] as const)('an issuer that signs with %s', (algorithm) => {
  let own: TestIssuer;
  beforeAll(async () => {
    own = await startTestIssuer(algorithm);
  });
  afterAll(() => own.close());

  test('its good token is accepted', async () => {
    expect((await verifyBearer(aVerifier(own.issuer), await own.mint())).principal.subject).toBe('agent-1');
  });

  test.each(hostileTokens)('refused: $name', async ({ token }) => {
    const hostile = await token(own);
    const refusal = await verifyBearer(aVerifier(own.issuer), hostile).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ status: 401, reason: 'authError' });
    expect((refusal as Refusal).message).not.toContain(hostile.slice(0, 40) || 'never');
    expect((refusal as Refusal).toHeaders().join(' ')).toContain('www-authenticate Bearer');
  });
});

test('keys may come from a file or another address, where there is no discovery document to read', async () => {
  const hidden = await startTestIssuer('ES256');
  hidden.keys.push({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'unrelated' });
  writeFileSync(join(directory, 'keys.json'), JSON.stringify({ keys: hidden.keys }));
  const token = await hidden.mint();
  for (const keys of [`{ file: keys.json }`, `{ url: '${hidden.issuer}/jwks' }`]) {
    const config = parseConfig(
      `{ dataDirectory: d, policy: { directory: p }, connections: [{ name: c, projects: ['*'], credentials: none }],
         issuers: [{ issuer: '${hidden.issuer}', audience: '${testAudience}', keys: ${keys} }] }`,
      directory,
    );
    if (!config.ok) throw new Error(JSON.stringify(config.error));
    expect((await new TokenVerifier(config.value.issuers, own).verify(token)).principal.subject).toBe('agent-1');
  }
  await hidden.close();
});

test('of two issuers, neither may speak for the other', async () => {
  const other = await startTestIssuer('ES256');
  const verifier = aVerifier(issuer.issuer, other.issuer);
  expect((await verifyBearer(verifier, await other.mint())).principal.issuer).toBe(other.issuer);
  const { kid } = issuer.keys[0]!;
  for (const mixed of [
    other.mint({ iss: issuer.issuer }),
    other.mint({ iss: issuer.issuer }, { kid: kid! }),
    issuer.mint({ iss: other.issuer }),
  ])
    await expect(verifyBearer(verifier, await mixed)).rejects.toMatchObject({ status: 401 });
  await other.close();
});

test.each<[string, string[]]>([
  ['none', ['Host', 'x']],
  ['two', ['Authorization', 'Bearer a.b.c', 'authorization', 'Bearer a.b.c']],
  ['Basic', ['Authorization', 'Basic YTpi']],
  ['Bearer without a token', ['Authorization', 'Bearer ']],
  ['two tokens', ['Authorization', 'Bearer a.b.c d.e.f']],
  ['a list', ['Authorization', 'Bearer a.b.c, Bearer d.e.f']],
])('Authorization headers: %s → 401', (_, headers) => {
  expect(() => readBearer(headers)).toThrow(expect.objectContaining({ status: 401 }));
});

test("the gateway's own token carries the principal and survives a restart", async () => {
  const principal = { kind: 'agent', issuer: 'i', subject: 's', groups: ['g'], actChain: [], sessionName: 'ticket-1' } as const;
  const token = await own.issue(principal);
  const reopened = new TokenVerifier([], await GatewayTokens.open(directory));
  expect((await reopened.verify(token)).principal).toEqual(principal);
  await expect(reopened.verifyForeign(token)).rejects.toMatchObject({ status: 401 });
  const [head, payload, signature] = token.split('.') as [string, string, string];
  const forged = Buffer.from(payload, 'base64url').toString().replace('"g"', '"admins"');
  await expect(reopened.verify(`${head}.${Buffer.from(forged).toString('base64url')}.${signature}`)).rejects.toMatchObject({ status: 401 });
});
