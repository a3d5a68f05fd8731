import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findUnjudged } from './policy/find-unjudged.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import { type Answer, answerLikeBigQuery, sendJson } from './testing/upstream-double.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.recorder.exchanges.length = 0;
  gateway.upstream.answer = answerLikeBigQuery;
});

const table = (name: string) => {
  const [projectId, datasetId, tableId] = name.split('.');
  return { projectId, datasetId, tableId };
};

/** BigQuery, which says of every finished job that it referenced these. */
const referencing =
  (...tables: readonly string[]): Answer =>
  (request, response) => {
    const jobId = /\/jobs\/([^/?]+)/.exec(request.url)?.[1];
    if (request.method !== 'GET' || jobId === undefined) return answerLikeBigQuery(request, response);
    return sendJson(response, 200, {
      kind: 'bigquery#job',
      jobReference: { projectId: 'acme', jobId, location: 'US' },
      statistics: { query: { totalBytesProcessed: '8', referencedTables: tables.map(table) } },
      status: { state: 'DONE' },
    });
  };
const insert = async (): Promise<string> => {
  const answer = await gateway.send('POST', '/bigquery/v2/projects/acme/jobs', {
    body: { configuration: { query: { query: 'SELECT x FROM `acme.sales.orders`', useLegacySql: false } } },
  });
  return answer.json.jobReference.jobId;
};
const get = (jobId: string) => gateway.send('GET', `/bigquery/v2/projects/acme/jobs/${jobId}`);
const lastEnd = () => gateway.recorder.exchanges.at(-1)!.end;

test('a job that referenced what was judged is what it was', async () => {
  const jobId = await insert();
  gateway.upstream.answer = referencing('acme.sales.orders', 'acme._anon1.t');
  expect((await get(jobId)).status).toBe(200);
  expect(lastEnd()).toMatchObject({ outcome: 'answered', job: { referencedTables: ['acme.sales.orders', 'acme._anon1.t'] } });
  expect(lastEnd()!.reason).toBeUndefined();
});

test('a job that referenced more, which is permitted: told in the record, once', async () => {
  const jobId = await insert();
  gateway.upstream.answer = referencing('acme.sales.orders', 'acme.sales.customers');
  expect((await get(jobId)).status).toBe(200);
  expect(lastEnd()).toMatchObject({
    outcome: 'answered',
    reason: 'BigQuery referenced what was not judged before: acme.sales.customers',
  });
  expect((await get(jobId)).status).toBe(200);
  expect(lastEnd()!.reason).toBeUndefined();
});

test('a job that referenced what may not be read: the answer is withheld, and every later page of its result', async () => {
  const jobId = await insert();
  expect((await gateway.send('GET', `/bigquery/v2/projects/acme/queries/${jobId}`)).status).toBe(200);
  gateway.upstream.answer = referencing('acme.sales.orders', 'acme.hr.salaries');
  const withheld = await get(jobId);
  expect(withheld).toMatchObject({ status: 403, json: { error: { errors: [{ reason: 'accessDenied' }] } } });
  expect(withheld.json.error.message).toContain('acme.hr.salaries');
  expect(lastEnd()).toMatchObject({
    outcome: 'refused',
    reason: 'POLICY_DENIED: BigQuery referenced what was not judged before: acme.hr.salaries',
  });
  gateway.upstream.answer = answerLikeBigQuery;
  gateway.upstream.seen.length = 0;
  expect((await gateway.send('GET', `/bigquery/v2/projects/acme/queries/${jobId}`)).status).toBe(403);
  expect(gateway.upstream.seen).toEqual([]);
});

test.each([
  ['the table itself, or a part of it', 'read', 'Table', 'p.d.t', undefined, ['p.d.t', 'p.d.t$20260101', 'p.d.t@-1']],
  ['what a wildcard names', 'read', 'Dataset', 'p.d', 'events_', ['p.d.events_1']],
  ['a dataset', 'write', 'Dataset', 'p.d', undefined, ['p.d.t', 'p.d.INFORMATION_SCHEMA.TABLES']],
  ['a project with dots in its name', 'read', 'Project', 'example.com:p', undefined, ['example.com:p.d.t']],
] as const)('judged: %s', (_, action, type, id, tablePrefix, tables) => {
  expect(findUnjudged([{ action, resource: { type, id }, ...(tablePrefix === undefined ? {} : { tablePrefix }) }], tables)).toEqual([]);
});

test.each([
  ['another table', 'read', 'Table', 'p.d.t', undefined, 'p.d.t2'],
  ['what a wildcard does not name', 'read', 'Dataset', 'p.d', 'events_', 'p.d.other'],
  ['a dataset whose name begins so', 'read', 'Dataset', 'p.d', undefined, 'p.d2.t'],
  ['a project where something else was granted', 'script', 'Project', 'p', undefined, 'p.d.t'],
] as const)('not judged: %s', (_, action, type, id, tablePrefix, name) => {
  expect(findUnjudged([{ action, resource: { type, id }, ...(tablePrefix === undefined ? {} : { tablePrefix }) }], [name, name])).toEqual([
    name,
  ]);
});
