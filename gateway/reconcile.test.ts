import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { createReconciliation, type Reconciliation } from './reconcile.ts';
import { sendJson, startUpstreamDouble, type UpstreamDouble } from './testing/upstream-double.ts';

let upstream: UpstreamDouble;
let reconciliation: Reconciliation;

beforeAll(async () => {
  upstream = await startUpstreamDouble();
  const config = parseConfig(
    `{ dataDirectory: d, policy: { directory: p }, issuers: [{ issuer: 'https://i.example', audience: a }],
       connections: [{ name: main, projects: [acme], endpoint: '${upstream.url}', credentials: none }] }`,
    '/',
  );
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  reconciliation = createReconciliation(config.value);
});
afterAll(async () => {
  await reconciliation.close();
  await upstream.close();
});

const open = { exchangeId: 'x-1', sessionId: 's', at: '2026-01-31T12:00:00.000Z', connection: 'main' };
const job = { projectId: 'acme', jobId: 'j', location: 'US' };
const jobOf = (status: unknown) => ({ jobReference: job, status, statistics: { totalBytesProcessed: '9007199254740993' } });

test.each([
  ['done', 200, jobOf({ state: 'DONE' }), { state: 'done', job: { jobReference: job, totalBytesProcessed: '9007199254740993' } }],
  [
    'failed',
    200,
    jobOf({ state: 'DONE', errorResult: { reason: 'invalid' } }),
    { state: 'failed', job: { errorResult: { reason: 'invalid' } } },
  ],
  ['running', 200, jobOf({ state: 'RUNNING' }), { state: 'running' }],
  ['not started', 404, { error: {} }, { state: 'not-started' }],
  ['unknown', 500, { error: {} }, { state: 'unknown', reason: 'BigQuery answered 500' }],
])('a job that is %s', async (_, status, body, outcome) => {
  upstream.answer = ({ url }, response) => sendJson(response, url === '/bigquery/v2/projects/acme/jobs/j?location=US' ? status : 418, body);
  expect(await reconciliation.reconcile({ ...open, methodId: 'bigquery.jobs.insert', job })).toMatchObject(outcome);
});

test('a query is found by its label', async () => {
  const jobs = [
    { configuration: { labels: { steno_exchange: 'x-0' } } },
    { ...jobOf({ state: 'DONE' }), configuration: { labels: { steno_exchange: 'x-1' } } },
  ];
  upstream.answer = (_request, response) => sendJson(response, 200, { jobs });
  expect(await reconciliation.reconcile({ ...open, methodId: 'bigquery.jobs.query' })).toMatchObject({
    state: 'done',
    job: { jobReference: job },
  });
  expect(await reconciliation.reconcile({ ...open, exchangeId: 'x-2', methodId: 'bigquery.jobs.query' })).toEqual({ state: 'not-started' });
});

test('what cannot be asked about is unknown, never guessed', async () => {
  expect(await reconciliation.reconcile({ ...open, methodId: 'bigquery.tabledata.insertAll' })).toMatchObject({ state: 'unknown' });
  expect(await reconciliation.reconcile({ ...open, connection: 'gone', job })).toMatchObject({ state: 'unknown' });
});
