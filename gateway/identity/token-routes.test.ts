import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostileTokens } from '../testing/hostile-tokens.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const good = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  audience: '//gateway.test/oidc/dev?session=ticket-123',
  scope: 'https://www.googleapis.com/auth/bigquery',
  requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
};

async function exchange(fields: Record<string, string> | string, headers: Record<string, string> = {}) {
  const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
  const response = await fetch(`${gateway.url}/v1/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  });
  return {
    status: response.status,
    cacheControl: response.headers.get('cache-control'),
    json: (await response.json()) as Record<string, unknown>,
  };
}

test('an issuer’s token becomes the gateway’s own, which carries who it is and the session', async () => {
  const subject_token = await gateway.issuer.mint({ groups: ['analysts'] });
  const answer = await exchange({ ...good, subject_token }, { authorization: 'Basic aWdub3JlOm1l' });
  expect(answer).toMatchObject({
    status: 200,
    cacheControl: 'no-store',
    json: { token_type: 'Bearer', expires_in: 3600, issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' },
  });
  const token = String(answer.json['access_token']);
  const query = await gateway.send('POST', '/bigquery/v2/projects/acme/queries', {
    body: { query: 'SELECT 1', useLegacySql: false },
    token,
  });
  expect(query.status).toBe(200);
  const { intent } = gateway.recorder.exchanges.at(-1)!;
  expect(intent.principal).toMatchObject({ issuer: gateway.issuer.issuer, subject: 'agent-1' });
  expect(gateway.recorder.sessions.get(intent.sessionId)).toMatchObject({ name: 'ticket-123' });
  // RFC 7662
  const introspected = await fetch(`${gateway.url}/v1/introspect`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `token=${token}`,
  });
  expect(await introspected.json()).toMatchObject({
    active: true,
    username: 'agent-1',
    iss: gateway.issuer.issuer,
    exp: expect.any(Number),
  });
});

test('exchanges and introspections are no exchanges of BigQuery: nothing is recorded', async () => {
  const before = gateway.recorder.exchanges.length;
  await exchange({ ...good, subject_token: await gateway.issuer.mint() });
  await exchange({ ...good, subject_token: 'a.b.c' });
  expect(gateway.recorder.exchanges.length).toBe(before);
});

test.each<[string, Record<string, string>, string]>([
  ['another grant', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
  ['no token', { subject_token: '' }, 'invalid_request'],
  ['another token type', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, 'invalid_request'],
  ['another token wanted', { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'invalid_request'],
  ['a session name that is none', { audience: '//gw/?session=../../etc' }, 'invalid_target'],
])('%s → 400', async (_, fields, error) => {
  const answer = await exchange({ ...good, subject_token: await gateway.issuer.mint(), ...fields });
  expect(answer).toMatchObject({ status: 400, json: { error, error_description: expect.any(String) } });
});

test('a field given twice, another content type, or too much → 400', async () => {
  const subject_token = await gateway.issuer.mint();
  expect((await exchange(`${new URLSearchParams({ ...good, subject_token })}&audience=x`)).json).toMatchObject({
    error: 'invalid_request',
  });
  expect((await exchange('{}', { 'content-type': 'application/json' })).json).toMatchObject({ error: 'invalid_request' });
  expect((await exchange({ ...good, subject_token: 'x'.repeat(100_000) })).json).toMatchObject({ error: 'invalid_request' });
});

test.each(hostileTokens)('not exchanged: $name', async ({ token }) => {
  const answer = await exchange({ ...good, subject_token: await token(gateway.issuer) });
  expect(answer.status).toBe(400);
  expect(['invalid_grant', 'invalid_request']).toContain(answer.json['error']);
  expect(answer.json).not.toHaveProperty('access_token');
});

test('the gateway’s own token cannot be exchanged for a longer one', async () => {
  const { json } = await exchange({ ...good, subject_token: await gateway.issuer.mint() });
  expect((await exchange({ ...good, subject_token: String(json['access_token']) })).json).toMatchObject({ error: 'invalid_grant' });
});

test.each(['', 'a.b.c', 'opaque'])('introspection of %j: not active, and nothing more', async (token) => {
  const answer = await fetch(`${gateway.url}/v1/introspect`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token }),
  });
  expect(await answer.json()).toEqual({ active: false });
});
