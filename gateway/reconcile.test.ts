import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Config, parseConfig } from './config.ts';
import { createReconciliation, type Reconciliation } from './reconcile.ts';
import { sendJson, startUpstreamDouble, type UpstreamDouble } from './testing/upstream-double.ts';

let upstream: UpstreamDouble;
let reconciliation: Reconciliation;
let config: Config;

beforeAll(async () => {
  upstream = await startUpstreamDouble();
  const parsed = parseConfig(
    `{ dataDirectory: d, policy: { directory: p }, issuers: [{ issuer: 'https://i.example', audience: a }],
       connections: [{ name: main, projects: [acme], endpoint: '${upstream.url}', credentials: none }] }`,
    '/',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  config = parsed.value;
  reconciliation = createReconciliation(config);
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
  const reconciliation = createReconciliation(config);
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
  await reconciliation.close();
});

test('a query is found on whatever page its job stands, and no page is read twice', async () => {
  const fresh = createReconciliation(config);
  const pages: (string | null)[] = [];
  upstream.answer = ({ url }, response) => {
    const page = new URL(url, 'http://x').searchParams.get('pageToken');
    pages.push(page);
    const number = Number(page ?? 0);
    const jobs = Array.from({ length: 3 }, (_, index) => ({
      ...jobOf({ state: 'DONE' }),
      configuration: { labels: { steno_exchange: `paged-${number * 3 + index}` } },
    }));
    sendJson(response, 200, { jobs, ...(number < 4 ? { nextPageToken: String(number + 1) } : {}) });
  };
  const ask = (exchangeId: string) => fresh.reconcile({ ...open, exchangeId, methodId: 'bigquery.jobs.query' });
  const outcomes = await Promise.all(['paged-13', 'paged-2', 'paged-7', 'paged-15'].map(ask));
  expect(outcomes.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'not-started']);
  expect(pages).toEqual([null, '1', '2', '3', '4']);
  await fresh.close();
});

test('what cannot be asked about is unknown, never guessed', async () => {
  expect(await reconciliation.reconcile({ ...open, methodId: 'bigquery.tabledata.insertAll' })).toMatchObject({ state: 'unknown' });
  expect(await reconciliation.reconcile({ ...open, connection: 'gone', job })).toMatchObject({ state: 'unknown' });
});
