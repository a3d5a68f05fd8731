import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { answerLikeBigQuery, sendJson } from '../testing/upstream-double.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    policy: `
@id("analysts") permit (principal in Group::"analysts", action == Action::"read", resource in Dataset::"acme.sales");
@id("scripts") permit (principal in Group::"analysts", action == Action::"script", resource == Project::"acme");
@id("big-scan") @reason("Scans over 1 TiB need a second pair of eyes; add a partition filter") @approval("data-owners", "2h")
forbid (principal, action == Action::"read", resource) when { context.estimatedBytes > 1099511627776 } unless { context.approved };
@id("emails-are-masked") @mask("hmac")
forbid (principal, action == Action::"readColumn", resource == Column::"acme.sales.customers.email") unless { principal in Group::"privacy" };
@id("no-events") @reason("Ask security") forbid (principal, action, resource == Table::"acme.sales.events_secret");
@id("no-rand") @reason("Results must be repeatable") forbid (principal, action, resource) when { context.functions.contains("RAND") };`,
  });
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.upstream.seen.length = 0;
  gateway.upstream.answer = answerLikeBigQuery;
});

const query = async (sql: string, claims?: Record<string, unknown>) => {
  const token = claims === undefined ? undefined : await gateway.issuer.mint(claims);
  return gateway.send('POST', '/bigquery/v2/projects/acme/queries', {
    body: { query: sql, useLegacySql: false },
    ...(token === undefined ? {} : { token }),
  });
};

test('an estimate over the limit: denied with the remedy, the rule and that a human could allow it', async () => {
  gateway.upstream.answer = (request, response) =>
    request.body.includes('dryRun')
      ? sendJson(response, 200, { statistics: { query: { totalBytesProcessed: '1099511627777', statementType: 'SELECT' } } })
      : answerLikeBigQuery(request, response);
  const answer = await query('SELECT * FROM `acme.sales.big`');
  expect(answer.status).toBe(403);
  expect(answer.json.error.message).toContain(
    'Approval required: Scans over 1 TiB need a second pair of eyes; add a partition filter. Rule "big-scan"',
  );
  expect(gateway.upstream.seen).toHaveLength(1);
  expect(gateway.recorder.exchanges.at(-1)!.intent).toMatchObject({
    decision: { effect: 'deny', rules: ['big-scan'] },
    statement: { estimate: { totalBytesProcessed: '1099511627777' } },
  });
});

test('a table with a column that is masked for the reader is not shown in clear, its schema is', async () => {
  const answer = await query('SELECT name FROM `acme.sales.customers`');
  expect(answer.json.error.message).toContain('Column acme:sales.customers.email');
  expect((await query('SELECT name FROM `acme.sales.customers`', { sub: 'officer', groups: ['analysts', 'privacy'] })).status).toBe(200);
  expect((await gateway.send('GET', '/bigquery/v2/projects/acme/datasets/sales/tables/customers')).status).toBe(200);
  expect((await gateway.send('GET', '/bigquery/v2/projects/acme/datasets/sales/tables/customers/data')).status).toBe(403);
});

test('a wildcard that would match a forbidden table is denied', async () => {
  expect((await query('SELECT * FROM `acme.sales.events_*`')).json.error.message).toContain(
    'Table acme:sales.events_secret: Ask security. Rule "no-events"',
  );
  // It would match the table with the masked column as well.
  expect((await query('SELECT * FROM `acme.sales.customer*`')).status).toBe(403);
});

test('rules see what the statement does', async () => {
  expect((await query('SELECT rand() FROM `acme.sales.orders`')).json.error.message).toContain(
    'Results must be repeatable. Rule "no-rand"',
  );
  expect((await query('SELECT x FROM `acme.sales.orders`')).status).toBe(200);
});

test('a script passes where scripts are granted, and only with what each of its statements needs', async () => {
  expect((await query('DECLARE x INT64; SELECT * FROM `acme.sales.orders`')).status).toBe(200);
  expect((await query('DECLARE x INT64; IF TRUE THEN SELECT * FROM `acme.hr.salaries`; END IF')).status).toBe(403);
  expect((await query('DECLARE x INT64; SELECT * FROM something')).status).toBe(403);
});

test('temporary functions before one statement are no script', async () => {
  expect((await query('CREATE TEMP FUNCTION f(x INT64) AS (x + 1); SELECT f(x) FROM `acme.sales.orders`')).status).toBe(200);
  expect(gateway.recorder.exchanges.at(-1)!.intent.statement).toMatchObject({ statementType: 'SELECT' });
});

test('a repeated statement asks BigQuery for an estimate once', async () => {
  for (let round = 0; round < 3; round++) await query('SELECT x AS again FROM `acme.sales.orders`');
  expect(gateway.upstream.seen.filter(({ body }) => body.includes('dryRun'))).toHaveLength(1);
  expect(gateway.upstream.seen).toHaveLength(4);
});
