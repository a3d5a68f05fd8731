import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Ledger, LedgerDown } from './session/ledger.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import { answerLikeBigQuery, sendJson } from './testing/upstream-double.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.upstream.seen.length = 0;
  gateway.upstream.answer = answerLikeBigQuery;
  gateway.recorder.exchanges.length = 0;
});

const query = (sql: string, more: Record<string, unknown> = {}) =>
  gateway.send('POST', '/bigquery/v2/projects/acme/queries', { body: { query: sql, useLegacySql: false, ...more } });
const sales = 'SELECT x FROM `acme.sales.orders`';
const hr = 'SELECT x FROM `acme.hr.salaries`';

test('a permitted query: judged, recorded, forwarded, answered', async () => {
  const answer = await query(sales);
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ kind: 'bigquery#queryResponse', rows: [{ f: [{ v: '1' }] }] });

  const [dryRun, sent] = gateway.upstream.seen;
  expect(JSON.parse(dryRun!.body)).toMatchObject({ configuration: { dryRun: true, query: { query: sales, useQueryCache: false } } });
  expect(sent).toMatchObject({ method: 'POST', url: '/bigquery/v2/projects/acme/queries' });
  expect(sent!.headers).not.toHaveProperty('authorization');

  const [probe, exchange] = gateway.recorder.exchanges;
  expect(JSON.parse(sent!.body)).toEqual({
    query: sales,
    useLegacySql: false,
    requestId: exchange!.intent.exchangeId,
    jobCreationMode: 'JOB_CREATION_REQUIRED',
    labels: { steno_session: exchange!.intent.sessionId, steno_exchange: exchange!.intent.exchangeId },
  });
  expect(probe!.intent.client.door).toBe('gateway');
  expect(exchange!.intent).toMatchObject({
    methodId: 'bigquery.jobs.query',
    projectId: 'acme',
    connection: 'main',
    principal: { subject: 'agent-1', email: 'agent@acme.test', groups: ['analysts'] },
    statement: { sql: sales, statementType: 'SELECT', referencedTables: ['acme.sales.orders'], estimate: { totalBytesProcessed: '8' } },
    decision: { effect: 'allow', rules: ['analysts-read-sales'] },
  });
  expect(JSON.stringify(exchange!.intent)).not.toMatch(/bearer/i);
  expect(exchange!.requestBody.toString()).toBe(JSON.stringify({ query: sales, useLegacySql: false }));
  expect(exchange!.responseBody.toString()).toBe(answer.text);
  expect(exchange!.end).toMatchObject({
    outcome: 'answered',
    status: 200,
    framing: 'complete',
    job: { totalRows: '1', totalBytesProcessed: '8', cacheHit: false },
  });
});

test('a request id is its principal’s own, and the same for a retry', async () => {
  const ask = async (subject: string) => {
    const token = await gateway.issuer.mint({ sub: subject, groups: ['analysts'] });
    const body = { query: sales, useLegacySql: false, requestId: '5f0c6d1e-7f1b-4f3e-9a57-2d3d5a0e9f11' };
    await gateway.send('POST', '/bigquery/v2/projects/acme/queries', { body, token });
    return String(JSON.parse(gateway.upstream.seen.at(-1)!.body).requestId);
  };
  const [first, again, other] = [await ask('a'), await ask('a'), await ask('b')];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  expect(first).toMatch(/^[0-9a-f]{36}$/);
});

test('a denied query: 403 in Google’s words, one request, nothing upstream', async () => {
  const answer = await query(hr);
  expect(answer.status).toBe(403);
  expect(answer.json.error.errors[0]).toMatchObject({ reason: 'accessDenied', domain: 'global' });
  const { exchangeId } = gateway.recorder.exchanges[0]!.intent;
  expect(answer.json.error.message).toBe(
    `Access Denied: Table acme:hr.salaries: No rule permits you to read table acme.hr.salaries. Nothing is allowed that no rule permits. Exchange ${exchangeId}`,
  );
  expect(gateway.upstream.seen).toEqual([]);
  expect(gateway.recorder.exchanges).toHaveLength(1);
  expect(gateway.recorder.exchanges[0]).toMatchObject({
    status: 403,
    intent: { decision: { effect: 'deny' }, statement: { sql: hr } },
    end: { outcome: 'refused', reason: 'POLICY_DENIED' },
  });
});

test('every table of a statement is judged', async () => {
  expect((await query('SELECT * FROM `acme.sales.a` WHERE x IN (SELECT x FROM `acme.hr.b`)')).status).toBe(403);
  expect((await query('WITH t AS (SELECT * FROM `acme.hr.b`) SELECT * FROM t')).status).toBe(403);
  expect((await query('SELECT 1 AS x UNION ALL SELECT x FROM acme.hr.b')).status).toBe(403);
  expect((await query('SELECT * FROM b', { defaultDataset: { datasetId: 'hr' } })).status).toBe(403);
  expect((await query('SELECT * FROM b', { defaultDataset: { datasetId: 'sales' } })).status).toBe(200);
});

test('a view that hides a denied table is found by the dry run', async () => {
  gateway.upstream.answer = (request, response) => {
    if (!request.body.includes('dryRun')) return answerLikeBigQuery(request, response);
    const referencedTables = [{ projectId: 'acme', datasetId: 'hr', tableId: 'salaries' }];
    return sendJson(response, 200, { statistics: { query: { totalBytesProcessed: '1', statementType: 'SELECT', referencedTables } } });
  };
  const answer = await query('SELECT * FROM `acme.sales.a_view`');
  expect(answer.status).toBe(403);
  expect(answer.json.error.message).toContain('Table acme:hr.salaries');
  expect(gateway.upstream.seen).toHaveLength(1);
});

test('where BigQuery and we read a statement differently, nothing is run', async () => {
  gateway.upstream.answer = (_request, response) =>
    sendJson(response, 200, { statistics: { query: { totalBytesProcessed: '1', statementType: 'SCRIPT' } } });
  const answer = await query('SELECT * FROM `acme.sales.b`');
  expect(answer.status).toBe(403);
  expect(answer.json.error.message).toContain('BigQuery reads the statement as SCRIPT, this gateway as SELECT');
});

test.each([
  ['INSERT INTO `acme.sales.orders` (x) VALUES (1)', 'write'],
  ['DELETE FROM `acme.sales.orders` WHERE TRUE', 'write'],
  ['CREATE OR REPLACE TABLE `acme.sales.copy` AS SELECT 1 AS x', 'createOrReplace'],
  ['DROP TABLE `acme.sales.orders`', 'drop'],
  ['SELECT 1; SELECT 2', 'script'],
  ["EXECUTE IMMEDIATE 'SELECT 1'", 'script|executeImmediate'],
  ["EXPORT DATA OPTIONS (uri='gs://b/*', format='CSV') AS SELECT 1 AS x", 'export'],
  ['CALL `acme.sales.proc`()', 'call'],
  ['GRANT `roles/bigquery.dataViewer` ON SCHEMA `acme.sales` TO "user:a@b.c"', 'admin'],
  ["SELECT * FROM EXTERNAL_QUERY('acme.us.conn', 'SELECT 1')", 'externalQuery'],
  ['CREATE TEMP FUNCTION f() RETURNS STRING LANGUAGE js AS "return 1"; SELECT f()', 'script|javascript|createOrReplace'],
  ['SELECT * FROM `acme.sales.INFORMATION_SCHEMA.TABLES` t, `acme.region-us.INFORMATION_SCHEMA.JOBS` j', 'admin'],
])('closed unless granted: %s needs %s', async (sql, actions) => {
  const answer = await query(sql);
  expect(answer.status).toBe(403);
  expect(answer.json.error.message).toMatch(new RegExp(`No rule permits you to (${actions}) `));
  expect(gateway.upstream.seen).toEqual([]);
});

test('legacy SQL, also by default, is closed', async () => {
  const body = { query: 'SELECT x FROM [acme:sales.orders]' };
  expect((await gateway.send('POST', '/bigquery/v2/projects/acme/queries', { body })).json.error.message).toContain('legacySql');
  expect((await gateway.send('POST', '/bigquery/v2/projects/acme/queries', { body: { ...body, useLegacySql: 'true' } })).status).toBe(403);
});

test('a mistake in the SQL is told in BigQuery’s words, and nothing is sent', async () => {
  const answer = await query('SELEC 1');
  expect(answer).toMatchObject({ status: 400, json: { error: { errors: [{ reason: 'invalidQuery', location: 'query' }] } } });
  expect(answer.json.error.message).toMatch(/^Syntax error: .* at \[1:1\]$/);
  expect(gateway.upstream.seen).toEqual([]);
});

test('an error of BigQuery passes byte for byte', async () => {
  const text =
    '{\n  "error": {"code": 400, "message": "Unrecognized name: y at [1:8]", "errors": [{"reason": "invalidQuery"}], "status": "INVALID_ARGUMENT"}}\n';
  gateway.upstream.answer = (_request, response) =>
    response.writeHead(400, { 'content-type': 'application/json; charset=UTF-8' }).end(text);
  const answer = await query('SELECT y FROM `acme.sales.orders` -- once');
  expect(answer).toMatchObject({ status: 400, text });
  expect(gateway.recorder.exchanges.at(-1)!.end).toMatchObject({ outcome: 'upstream-error', status: 400 });
});

test('a statement without tables passes for who may read something, and for nobody else', async () => {
  expect((await query('SELECT 1')).status).toBe(200);
  const stranger = await gateway.issuer.mint({ sub: 'stranger' });
  const body = { query: 'SELECT 1', useLegacySql: false };
  expect((await gateway.send('POST', '/bigquery/v2/projects/acme/queries', { body, token: stranger })).status).toBe(403);
});

test.each<[string, string, string, number, string]>([
  ['an unknown path', 'GET', '/bigquery/v2/projects/acme/nonsense', 501, 'notImplemented'],
  ['a batch', 'POST', '/batch/bigquery/v2', 501, 'notImplemented'],
  ['a method that is not offered', 'DELETE', '/bigquery/v2/projects/acme/jobs/j/delete', 501, 'notImplemented'],
  ['a wrong HTTP method', 'PUT', '/bigquery/v2/projects/acme/queries', 405, 'methodNotAllowed'],
  ['a token in the target', 'GET', '/bigquery/v2/projects/acme/datasets?access_token=secret', 401, 'authError'],
  ['an API key in the target', 'GET', '/bigquery/v2/projects/acme/datasets?key=secret', 400, 'invalid'],
  ['another answer format', 'GET', '/bigquery/v2/projects/acme/datasets?alt=proto', 400, 'invalid'],
  ['an encoded slash', 'GET', '/bigquery/v2/projects/acme/datasets/a%2Fb', 400, 'invalid'],
])('%s: %s %s → %i, recorded', async (_, method, path, status, reason) => {
  const answer = await gateway.send(method, path);
  expect(answer.status).toBe(status);
  expect(answer.json.error.errors[0].reason).toBe(reason);
  expect(gateway.recorder.exchanges).toHaveLength(1);
  expect(gateway.recorder.exchanges[0]!.end).toMatchObject({ outcome: 'refused', status });
  expect(JSON.stringify(gateway.recorder.exchanges[0]!.intent)).not.toContain('secret');
  expect(gateway.upstream.seen).toEqual([]);
});

test('a bad token: 401, and the refusal is recorded', async () => {
  const answer = await gateway.send('GET', '/bigquery/v2/projects/acme/datasets', { token: 'a.b.c' });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  expect(gateway.recorder.exchanges[0]).toMatchObject({ intent: { principal: { subject: 'unauthenticated' } }, status: 401 });
});

test('nothing goes upstream before the intent is durable, nothing complete to the client before the end is', async () => {
  let release = (): void => undefined;
  gateway.recorder.hold = new Promise((resolve) => (release = resolve));
  const answer = query('SELECT 2');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(gateway.recorder.exchanges).toHaveLength(1);
  expect(gateway.upstream.seen).toEqual([]);
  release();
  gateway.recorder.hold = undefined;
  expect((await answer).status).toBe(200);
});

test('projects are listed as far as the principal reaches into them', async () => {
  gateway.upstream.answer = (_request, response) =>
    sendJson(response, 200, {
      projects: ['acme', 'other'].map((projectId) => ({ id: projectId, projectReference: { projectId } })),
      totalItems: 2,
    });
  const answer = await gateway.send('GET', '/bigquery/v2/projects');
  expect(answer.json).toEqual({ projects: [{ id: 'acme', projectReference: { projectId: 'acme' } }], totalItems: 1 });
  expect((await gateway.send('GET', '/bigquery/v2/projects', { token: await gateway.issuer.mint({ sub: 'stranger' }) })).status).toBe(403);
});

test.each<[string, string, string, unknown, string]>([
  [
    'rows for a template',
    'POST',
    'datasets/sales/tables/orders/insertAll',
    { rows: [], templateSuffix: '_x' },
    'write table acme.sales.orders',
  ],
  [
    'a dataset that lets others in',
    'POST',
    'datasets',
    { datasetReference: { datasetId: 'sales' }, access: [] },
    'createOrReplace dataset acme.sales',
  ],
  [
    'an external table',
    'POST',
    'datasets/sales/tables',
    { tableReference: { tableId: 't' }, externalDataConfiguration: {} },
    'createOrReplace table acme.sales.t',
  ],
  ['a deletion', 'DELETE', 'datasets/sales/tables/orders', undefined, 'drop table acme.sales.orders'],
  ['rights', 'POST', 'datasets/sales/tables/orders:setIamPolicy', { policy: {} }, 'admin project acme'],
  ['another project', 'GET', '../other/datasets/sales', undefined, ''],
])('methods are judged: %s', async (_, method, path, body, wish) => {
  const answer = await gateway.send(
    method,
    path.startsWith('..') ? '/bigquery/v2/projects/other/datasets/sales' : `/bigquery/v2/projects/acme/${path}`,
    { body },
  );
  expect(answer.status).toBe(403);
  expect(answer.json.error.message).toContain(wish);
  expect(gateway.upstream.seen).toEqual([]);
});

test('a session of BigQuery belongs to who began it', async () => {
  gateway.upstream.answer = (request, response) =>
    sendJson(response, 200, {
      jobReference: { projectId: 'acme', jobId: `s-${request.body.length}` },
      sessionInfo: { sessionId: 'bq-session-1' },
      rows: [],
    });
  expect((await query('SELECT 1', { createSession: true })).status).toBe(200);
  const inSession = { connectionProperties: [{ key: 'session_id', value: 'bq-session-1' }] };
  expect((await query('SELECT 2', inSession)).status).toBe(200);
  const token = await gateway.issuer.mint({ sub: 'other', groups: ['analysts'] });
  const body = { query: 'SELECT 2', useLegacySql: false, ...inSession };
  expect((await gateway.send('POST', '/bigquery/v2/projects/acme/queries', { body, token })).json.error.message).toContain(
    'Session bq-session-1: It was created by someone else',
  );
});

test('a job id that another took is not found, whatever is asked of it', async () => {
  const job = { jobReference: { projectId: 'acme', jobId: 'taken' }, configuration: { query: { query: 'SELECT 1', useLegacySql: false } } };
  expect((await gateway.send('POST', '/bigquery/v2/projects/acme/jobs', { body: job })).status).toBe(200);
  const token = await gateway.issuer.mint({ sub: 'other', groups: ['analysts'] });
  gateway.upstream.seen.length = 0;
  for (const [method, path] of [
    ['GET', 'jobs/taken'],
    ['GET', 'queries/taken'],
    ['POST', 'jobs/taken/cancel'],
  ] as const) {
    expect((await gateway.send(method, `/bigquery/v2/projects/acme/${path}`, { token })).json.error.message).toBe(
      'Not found: Job acme:taken',
    );
  }
  expect((await gateway.send('POST', '/bigquery/v2/projects/acme/jobs', { body: job, token })).status).toBe(404);
  expect(gateway.upstream.seen).toEqual([]);
});

test('without a valid policy everything is denied', async () => {
  const closed = await startTestGateway({ policy: 'permit (principal, action == Action::"fly", resource);' });
  const answer = await closed.send('POST', '/bigquery/v2/projects/acme/queries', { body: { query: 'SELECT 1', useLegacySql: false } });
  const { exchangeId } = closed.recorder.exchanges[0]!.intent;
  expect(answer).toMatchObject({
    status: 403,
    json: { error: { message: `Access Denied: Policy unavailable (fail closed): no valid policy is loaded. Exchange ${exchangeId}` } },
  });
  await closed.close();
});

test('a recorder that is down: 503 before the query, with Retry-After', async () => {
  gateway.recorder.down = Object.assign(new Error('the disk is full'), { name: 'RecorderDown' });
  const answer = await query('SELECT 3');
  gateway.recorder.down = undefined;
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(answer.json.error).toMatchObject({ errors: [{ reason: 'backendError' }], message: expect.stringContaining('the disk is full') });
  expect(gateway.upstream.seen).toEqual([]);
});

test('a ledger that is down: 503 before the job, with Retry-After; an answer whose owner cannot be kept never looks whole', async () => {
  const down = vi.spyOn(Ledger.prototype, 'commit').mockImplementation(() => Promise.reject(new LedgerDown(new Error('no space'))));
  try {
    const job = { configuration: { query: { query: 'SELECT x FROM acme.sales.orders', useLegacySql: false } } };
    const insert = await gateway.send('POST', '/bigquery/v2/projects/acme/jobs', { body: job });
    expect(insert.status).toBe(503);
    expect(insert.headers.get('retry-after')).toBe('5');
    expect(insert.json.error.message).toContain('no space');
    // The dry run that the policy asked for is all that BigQuery saw.
    expect(gateway.upstream.seen.every(({ body }) => body.includes('"dryRun":true'))).toBe(true);
    await expect(query('SELECT 4')).rejects.toThrow();
  } finally {
    down.mockRestore();
  }
});

test('told to end, it finishes what is under way and takes nothing new', async () => {
  const ending = await startTestGateway();
  let isAsked = false;
  ending.upstream.answer = (request, response) => {
    isAsked = true;
    setTimeout(() => answerLikeBigQuery(request, response), 300);
  };
  const answer = ending.send('POST', '/bigquery/v2/projects/acme/queries', { body: { query: 'SELECT 1', useLegacySql: false } });
  while (!isAsked) await new Promise((resolve) => setTimeout(resolve, 10));
  await Promise.all([ending.app.close(), expect(answer).resolves.toMatchObject({ status: 200 })]);
  expect(ending.recorder.exchanges[0]!.end).toMatchObject({ outcome: 'answered', framing: 'complete' });
  await expect(fetch(ending.url)).rejects.toThrow();
  await ending.close();
});
