import { expect, test } from 'vitest';
import { gatewayForFile } from '../testing/gateway-for-file.ts';
import type { TestGateway } from '../testing/start-test-gateway.ts';
import { hostileRequests } from './requests.ts';

let gateway: TestGateway;

gatewayForFile((started) => {
  gateway = started;
});

test.each(hostileRequests)('refused, recorded, and never sent on: $name', async ({ method, path, body }) => {
  const { status, text } = await gateway.send(method, path, { body });
  expect([400, 403, 404, 405, 501], text.slice(0, 300)).toContain(status);
  expect(gateway.upstream.seen).toEqual([]);
  expect(gateway.recorder.exchanges.map(({ intent, end }) => [intent.decision.effect, end?.status])).toEqual([
    [expect.stringMatching(/deny|error/), status],
  ]);
});

test('what is open can be read, so that the refusals above mean something', async () => {
  expect((await gateway.send('GET', '/bigquery/v2/projects/acme/datasets/sales/tables/orders/data')).status).toBe(200);
});
