// What clients see at the gateway while an issuer changes its keys, is down, or is flooded through us.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startTestIssuer, type TestIssuer } from '../testing/test-issuer.ts';

let gateway: TestGateway;
let other: TestIssuer;
beforeEach(async () => {
  other = await startTestIssuer('ES256');
  gateway = await startTestGateway({ otherIssuers: [other] });
});
afterEach(() => Promise.all([gateway.close(), other.close()]));

const ask = async (token: string): Promise<number> => (await gateway.send('GET', '/bigquery/v2/projects/acme/datasets', { token })).status;
const good = (issuer: TestIssuer) => issuer.mint({ groups: ['analysts'] });

test('keys change while requests go on: every token of a published key passes, those of withdrawn keys end', async () => {
  const first = await good(gateway.issuer);
  const statuses: number[] = [];
  for (let turn = 0; turn < 4; turn++) {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => good(gateway.issuer)));
    statuses.push(...(await Promise.all(tokens.map(ask))));
    if (turn < 3) await gateway.issuer.rotate();
  }
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(gateway.issuer.fetches).toBe(4);
  expect(await ask(first)).toBe(401);
});

test('a new key published beside the old one leaves both good', async () => {
  const old = gateway.issuer.keys[0]!;
  const before = await good(gateway.issuer);
  expect(await ask(before)).toBe(200);
  await gateway.issuer.rotate();
  gateway.issuer.keys.push(old);
  expect(await ask(await good(gateway.issuer))).toBe(200);
  expect(await ask(before)).toBe(200);
});

test('an issuer that is down from the start: 503 with Retry-After for its tokens, and nothing of it for another issuer’s', async () => {
  gateway.issuer.isDown = true;
  const answer = await gateway.send('GET', '/bigquery/v2/projects/acme/datasets', { token: await good(gateway.issuer) });
  expect([answer.status, answer.headers.get('retry-after'), answer.json.error.errors[0].reason]).toEqual([503, '5', 'backendError']);
  expect(await ask(await good(other))).toBe(200);
  const exchange = await fetch(`${gateway.url}/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: await good(gateway.issuer),
    }),
  });
  expect([exchange.status, await exchange.json()]).toMatchObject([400, { error: 'temporarily_unavailable' }]);
});

test('an issuer that goes down later is not missed: known and new tokens of its keys pass', async () => {
  const known = await good(gateway.issuer);
  expect(await ask(known)).toBe(200);
  for (const mood of ['garbage', 'empty', 'not found', 'impostor'] as const) {
    gateway.issuer.mood = mood;
    expect(await ask(known)).toBe(200);
    expect(await ask(await good(gateway.issuer))).toBe(200);
    expect(await ask(await gateway.issuer.mint({}, { kid: `unknown-${mood}` }))).toBe(401);
  }
});

test('two thousand tokens of unknown keys reach the issuer a handful of times, and the others go on', async () => {
  expect(await ask(await good(gateway.issuer))).toBe(200);
  const template = (await good(gateway.issuer)).split('.');
  const made = (kid: string): string =>
    [Buffer.from(JSON.stringify({ alg: 'RS256', kid })).toString('base64url'), template[1], template[2]].join('.');
  const begun = gateway.issuer.fetches;
  for (let batch = 0; batch < 40; batch++) {
    const statuses = await Promise.all(Array.from({ length: 50 }, (_, at) => ask(made(`kid-${batch}-${at}`))));
    expect(new Set(statuses)).toEqual(new Set([401]));
  }
  // Five at once, then one in five seconds.
  expect(gateway.issuer.fetches - begun).toBeLessThanOrEqual(5 + 6);
  expect(await ask(await good(gateway.issuer))).toBe(200);
  expect(await ask(await good(other))).toBe(200);
});
