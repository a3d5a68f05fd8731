// Every hostile token, made out of each of two issuers' material, at both of the gateway's doors for tokens.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileTokens } from '../testing/hostile-tokens.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startTestIssuer, type TestIssuer } from '../testing/test-issuer.ts';

let issuers: { readonly RS256: TestIssuer; readonly ES256: TestIssuer };
let gateway: TestGateway;

beforeAll(async () => {
  const other = await startTestIssuer('ES256');
  gateway = await startTestGateway({ otherIssuers: [other] });
  issuers = { RS256: gateway.issuer, ES256: other };
});
afterAll(() => Promise.all([gateway.close(), issuers.ES256.close()]));

const exchange = (subject_token: string, more: Record<string, string> = {}) =>
  fetch(`${gateway.url}/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      subject_token,
      ...more,
    }),
  });

describe.each(['RS256', 'ES256'] as const)('issuer with %s', (algorithm) => {
  test('its good token passes both doors', async () => {
    const good = await issuers[algorithm].mint({ groups: ['analysts'] });
    expect((await gateway.send('GET', '/bigquery/v2/projects/acme/datasets', { token: good })).status).toBe(200);
    expect((await exchange(good)).status).toBe(200);
  });

  test.each(hostileTokens)('as bearer: $name → 401', async ({ token }) => {
    const hostile = await token(issuers[algorithm]);
    const before = gateway.upstream.seen.length;
    const answer = await gateway.send('GET', '/bigquery/v2/projects/acme/datasets', { token: hostile });
    // Node's own limit on headers comes before ours.
    expect(answer.status).toBe(hostile.length > 16_000 ? 400 : 401);
    expect(gateway.upstream.seen.length).toBe(before);
  });

  test.each(hostileTokens)('as subject and as actor of an exchange: $name → 400', async ({ token }) => {
    const hostile = await token(issuers[algorithm]);
    const answers = [
      await exchange(hostile),
      await exchange(await issuers[algorithm].mint(), { actor_token: hostile, actor_token_type: 'urn:ietf:params:oauth:token-type:jwt' }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      const body = (await answer.json()) as Record<string, unknown>;
      expect(['invalid_grant', 'invalid_request']).toContain(body['error']);
      expect(JSON.stringify(body)).not.toContain(hostile.slice(0, 40) || 'never');
    }
  });
});
