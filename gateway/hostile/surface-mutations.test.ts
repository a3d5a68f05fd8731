import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import { surface } from '../../shared/bigquery/surface.ts';
import { expectJudged } from '../testing/expect-judged.ts';
import { gatewayForFile } from '../testing/gateway-for-file.ts';
import type { TestGateway } from '../testing/start-test-gateway.ts';
import { type Mutation, mutationsOf } from './surface-mutations.ts';

let gateway: TestGateway;
let token: string;
const agent = new HttpAgent({ keepAlive: true, maxSockets: 8 });

gatewayForFile(
  (started, minted) => {
    gateway = started;
    token = minted;
  },
  {
    policy: `@id("sales") permit (principal in Group::"analysts", action in [Action::"read", Action::"write", Action::"createOrReplace", Action::"drop", Action::"call"], resource in Dataset::"acme.sales");`,
  },
);
afterAll(() => agent.destroy());

/** Status of the answer; undefined where the address or the header cannot even be written as HTTP. */
function send({ httpMethod, target, headers }: Mutation): Promise<number | undefined> {
  const { hostname, port } = new URL(gateway.url);
  const path = Buffer.from(target, 'utf8').toString('latin1').replaceAll(' ', '%20');
  return new Promise((resolve) => {
    try {
      const request = httpRequest({
        hostname,
        port,
        method: httpMethod,
        path,
        agent,
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
      request.once('response', (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode));
      });
      request.once('error', () => resolve(0));
      request.end(['POST', 'PUT', 'PATCH'].includes(httpMethod) ? '{}' : undefined);
    } catch {
      resolve(undefined);
    }
  });
}

const inNames = '\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd}\\p{Zs}.$@*{}~';

/** What BigQuery's own addresses look like, said anew here: nothing else may leave, whatever came in. `~` is a name. */
const addresses = [
  'projects',
  'projects/~/(serviceAccount|datasets|queries|queries/~|jobs|jobs/~|jobs/~/(cancel|delete))',
  'projects/~/datasets/~(:undelete)?',
  'projects/~/datasets/~/(tables|routines|models)',
  'projects/~/datasets/~/(tables|routines|models)/~(:(get|set)IamPolicy|:testIamPermissions)?',
  'projects/~/datasets/~/tables/~/(data|insertAll|rowAccessPolicies)',
  'projects/~/datasets/~/tables/~/rowAccessPolicies(/~(:getIamPolicy|:testIamPermissions)?|:batchDelete)',
].map(
  (shape) =>
    new RegExp(
      `^(/upload)?/bigquery/v2/${shape.replace('projects/~', `projects/[:${inNames}]+`).replaceAll('/~', `/[${inNames}]+`)}$`,
      'u',
    ),
);

const isGoogles = (url: string): boolean => {
  const path = decodeURIComponent(url.split('?')[0]!);
  return addresses.some((each) => each.test(path));
};

describe.each(surface.map((method) => [method.id, method] as const))('%s', (_, method) => {
  const mutations = mutationsOf(method);

  test(`${mutations.length} ways to bend it: only what was judged leaves, and every refusal is recorded`, async () => {
    expect(mutations.length).toBeGreaterThanOrEqual(150);
    const statuses = await Promise.all(mutations.map(send));
    for (const [index, status] of statuses.entries()) {
      const { name, httpMethod, target } = mutations[index]!;
      expect(status === undefined || status === 0 || status < 500 || status === 501, `${name}: ${httpMethod} ${target} → ${status}`).toBe(
        true,
      );
    }
    expectJudged(gateway);
    for (const { url } of gateway.upstream.seen) {
      expect(isGoogles(url), url).toBe(true);
      expect(url.split('?')[0]).not.toMatch(/\/\.\.?\/|%2f|%5c|%00|\/\/|\/hr(?!\w)|evil/i);
    }
    const answered = statuses.filter((status) => status !== undefined && status !== 0).length;
    const own = gateway.recorder.exchanges.filter(({ intent }) => intent.client.door !== 'gateway');
    const unrecorded = answered - own.length;
    expect(unrecorded, 'answers without an exchange: pages of other routes, and bytes that are no HTTP').toBeLessThanOrEqual(12);
  });
});
