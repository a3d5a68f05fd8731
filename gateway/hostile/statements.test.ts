import { expect, test } from 'vitest';
import { gatewayForFile } from '../testing/gateway-for-file.ts';
import type { TestGateway } from '../testing/start-test-gateway.ts';
import { type SeenRequest, sendJson } from '../testing/upstream-double.ts';
import { hostileStatements } from './statements.ts';

let gateway: TestGateway;

gatewayForFile((started) => {
  gateway = started;
});

const isDryRun = ({ body }: SeenRequest): boolean => JSON.parse(body).configuration?.dryRun === true;

/** The worst BigQuery for us: its dry run sees no table, and agrees with whatever kind of statement we take it for. */
function answerBlindly(): void {
  gateway.upstream.answer = (_request, response) =>
    sendJson(response, 200, {
      statistics: { totalBytesProcessed: '0', query: { totalBytesProcessed: '0', referencedTables: [] } },
      jobComplete: true,
    });
}

test.each(hostileStatements)('refused, and never run: $name', async ({ sql, request }) => {
  answerBlindly();
  const jobs = { configuration: { query: { query: sql, useLegacySql: false, ...request } } };
  const attempts = [
    await gateway.send('POST', '/bigquery/v2/projects/acme/queries', { body: { query: sql, useLegacySql: false, ...request } }),
    await gateway.send('POST', '/bigquery/v2/projects/acme/jobs', { body: jobs }),
  ];
  for (const { status, text } of attempts) {
    expect([400, 403, 404], text.slice(0, 300)).toContain(status);
    expect(JSON.parse(text).error.message).not.toContain('Internal');
  }
  expect(gateway.upstream.seen.filter((seen) => !isDryRun(seen))).toEqual([]);
  expect(
    gateway.recorder.exchanges.filter(({ intent }) => intent.client.door !== 'gateway').map(({ intent }) => intent.decision.effect),
  ).not.toContain('allow');
});

test('the open table can be read, so that the refusals above mean something', async () => {
  expect(
    (
      await gateway.send('POST', '/bigquery/v2/projects/acme/queries', {
        body: { query: 'SELECT x FROM `acme.sales.orders`', useLegacySql: false },
      })
    ).status,
  ).toBe(200);
});
