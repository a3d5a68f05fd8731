import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analystsReadSales, startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startTestIssuer, type TestIssuer } from '../testing/test-issuer.ts';

const policy = `${analystsReadSales}
@id("not-for-this-tool") forbid (principal, action, resource) when { principal.actors.contains("untrusted-tool") };`;

let other: TestIssuer;
let gateway: TestGateway;
beforeAll(async () => {
  other = await startTestIssuer('ES256');
  gateway = await startTestGateway({ policy, otherIssuers: [other] });
});
afterAll(() => Promise.all([gateway.close(), other.close()]));

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

test('others can verify our tokens: the key set is published, without anything private', async () => {
  const { json } = await exchange({ ...good, subject_token: await gateway.issuer.mint({ groups: ['analysts'] }) });
  const answer = await fetch(`${gateway.url}/.well-known/jwks.json`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
  const set = (await answer.json()) as JSONWebKeySet;
  expect(JSON.stringify(set)).not.toContain('"d"');
  const { payload } = await jwtVerify(String(json['access_token']), createLocalJWKSet(set), { algorithms: ['Ed25519'] });
  expect(payload).toMatchObject({ sub: 'agent-1' });
});

describe('the record of tokens', () => {
  test('whom a token was given to stands in the session that it is for, without the token', async () => {
    const before = gateway.recorder.exchanges.length;
    const subject_token = await gateway.issuer.mint({ sub: 'ada', groups: ['analysts'] });
    const { json } = await exchange({ ...good, subject_token, audience: '//gw/oidc/dev?session=ticket-7' });
    const [recorded, ...more] = gateway.recorder.exchanges.slice(before);
    expect(more).toEqual([]);
    expect(recorded).toMatchObject({
      intent: { methodId: 'steno.token-exchange', principal: { subject: 'ada', groups: ['analysts'] }, decision: { effect: 'allow' } },
      status: 200,
      end: { outcome: 'answered', framing: 'complete' },
    });
    expect(gateway.recorder.sessions.get(recorded!.intent.sessionId)).toMatchObject({ name: 'ticket-7', principal: { subject: 'ada' } });
    expect(JSON.stringify(recorded)).not.toContain(subject_token);
    expect(JSON.stringify(recorded)).not.toContain(String(json['access_token']));
  });

  test('who was refused one, and why, stands in the session of those whom nobody knows', async () => {
    const before = gateway.recorder.exchanges.length;
    await exchange({ ...good, subject_token: 'a.b.c' });
    const [recorded] = gateway.recorder.exchanges.slice(before);
    expect(recorded).toMatchObject({ intent: { decision: { effect: 'deny', reason: expect.any(String) } }, end: { outcome: 'refused' } });
    expect(gateway.recorder.sessions.get(recorded!.intent.sessionId)?.name).toBe('unauthenticated');
  });

  test('a look at a token is not recorded', async () => {
    const before = gateway.recorder.exchanges.length;
    await fetch(`${gateway.url}/v1/introspect`, { method: 'POST', body: new URLSearchParams({ token: 'x' }) });
    expect(gateway.recorder.exchanges.length).toBe(before);
  });

  test('what cannot be recorded is not given', async () => {
    gateway.recorder.down = Object.assign(new Error('the disk is full'), { name: 'RecorderDown' });
    try {
      const { status, json } = await exchange({ ...good, subject_token: await gateway.issuer.mint() });
      expect(status).toBe(503);
      expect(json).toMatchObject({ error: 'temporarily_unavailable' });
      expect(json['access_token']).toBeUndefined();
    } finally {
      gateway.recorder.down = undefined;
    }
  });
});

describe('who acts for the subject (RFC 8693 §4.1)', () => {
  const actorFields = { actor_token_type: 'urn:ietf:params:oauth:token-type:jwt' };
  const principalOf = async (fields: Record<string, string>) => {
    const { json } = await exchange({ ...good, ...actorFields, ...fields });
    if (json['access_token'] === undefined) return json;
    return (await gateway.stages.tokens.verify(String(json['access_token']))).principal;
  };

  test('the actor stands in front of whoever acted before, and is recorded', async () => {
    const subject_token = await gateway.issuer.mint({ sub: 'ada', groups: ['analysts'], act: { sub: 'app' } });
    const actor_token = await gateway.issuer.mint({ sub: 'assistant', act: { sub: 'tool' } });
    const { json } = await exchange({ ...good, ...actorFields, subject_token, actor_token });
    await gateway.send('POST', '/bigquery/v2/projects/acme/queries', {
      body: { query: 'SELECT 1', useLegacySql: false },
      token: String(json['access_token']),
    });
    expect(gateway.recorder.exchanges.at(-1)!.intent.principal).toMatchObject({
      subject: 'ada',
      groups: ['analysts'],
      actChain: ['tool', 'assistant', 'app'],
    });
  });

  test('an actor of another issuer is named with it', async () => {
    const actor_token = await other.mint({ sub: 'assistant', act: { sub: 'tool' } });
    expect(await principalOf({ subject_token: await gateway.issuer.mint(), actor_token })).toMatchObject({
      subject: 'agent-1',
      actChain: [`${other.issuer}|tool`, `${other.issuer}|assistant`],
    });
  });

  test('may_act says who may, by subject and issuer (§4.4)', async () => {
    const may = (may_act: unknown) => gateway.issuer.mint({ may_act });
    const actor_token = await other.mint({ sub: 'assistant' });
    expect(await principalOf({ subject_token: await may({ sub: 'assistant', iss: other.issuer }), actor_token })).toHaveProperty(
      'actChain',
    );
    for (const refused of [{ sub: 'another' }, { sub: 'assistant', iss: gateway.issuer.issuer }, {}, 'assistant', null])
      expect(await principalOf({ subject_token: await may(refused), actor_token })).toMatchObject({ error: 'invalid_grant' });
  });

  test.each<[string, (issuer: TestIssuer) => Promise<Record<string, string>>, string]>([
    ['a bad actor token', async () => ({ actor_token: 'a.b.c' }), 'invalid_grant'],
    ['an expired actor token', async (issuer) => ({ actor_token: await issuer.mint({ exp: 1 }) }), 'invalid_grant'],
    ['a type without an actor', async () => ({ actor_token: '' }), 'invalid_request'],
    ['an actor of no known type', async (issuer) => ({ actor_token: await issuer.mint(), actor_token_type: 'x' }), 'invalid_request'],
    [
      'too many who act',
      async (issuer) => {
        const chain = Array.from({ length: 8 }).reduce<object | undefined>((act, _, at) => ({ sub: `a${at}`, act }), undefined);
        return { actor_token: await issuer.mint({ act: JSON.parse(JSON.stringify(chain)) }) };
      },
      'invalid_grant',
    ],
  ])('%s is refused', async (_, fields, error) => {
    const answer = await exchange({
      ...good,
      ...actorFields,
      subject_token: await gateway.issuer.mint(),
      ...(await fields(gateway.issuer)),
    });
    expect(answer).toMatchObject({ status: 400, json: { error } });
  });

  test('the policy sees who acts', async () => {
    const subject_token = await gateway.issuer.mint({ groups: ['analysts'] });
    const actor_token = await gateway.issuer.mint({ sub: 'untrusted-tool' });
    const { json } = await exchange({ ...good, ...actorFields, subject_token, actor_token });
    const answer = await gateway.send('POST', '/bigquery/v2/projects/acme/queries', {
      body: { query: 'SELECT x FROM `acme.sales.orders`', useLegacySql: false },
      token: String(json['access_token']),
    });
    expect(answer).toMatchObject({ status: 403, json: { error: { message: expect.stringContaining('not-for-this-tool') } } });
  });
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
