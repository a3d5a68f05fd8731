// What clients count on beside BigQuery's own methods.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../create-sandbox.ts';

let sandbox: Sandbox;
const placeholder = '/projects/%7B%7BprojectId%7D%7D';

async function ask(
  line: string,
  payload?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: Record<string, unknown> }> {
  const [method, url] = line.split(' ') as ['GET', string];
  const response = await sandbox.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  return { status: response.statusCode, json: response.json() };
}
const insert = (query: string, extra: object = {}) =>
  ask('POST /bigquery/v2/projects/acme/jobs', { configuration: { query: { query, useLegacySql: false, ...extra } } });

beforeAll(async () => {
  sandbox = await createSandbox({ publicData: true, jobDelayMs: ({ query }) => (query?.query?.includes('slow') ? 60_000 : 0) });
  await ask('POST /bigquery/v2/projects/acme/datasets', { datasetReference: { datasetId: 'd' } });
});
afterAll(() => sandbox.close());

test('the project of a client that knows none: its quota header’s, its job’s, the only one', async () => {
  const projectOf = ({ json }: { json: Record<string, unknown> }) => (json['jobReference'] as { projectId: string }).projectId;
  expect((await ask(`GET ${placeholder}/datasets`)).json).toMatchObject({ datasets: [{ id: 'acme:d' }] });
  expect((await ask(`GET ${placeholder}/datasets`, undefined, { 'x-goog-user-project': 'other' })).json).not.toHaveProperty('datasets');
  const job = { jobReference: { projectId: 'named' }, configuration: { query: { query: 'SELECT 1' } } };
  expect(projectOf(await ask(`POST ${placeholder}/jobs`, job, { 'x-goog-user-project': 'other' }))).toBe('named');
  expect(projectOf(await ask(`POST ${placeholder}/queries`, { query: 'SELECT 1' }))).toBe('acme');
});

test('public projects are read by everybody and listed for nobody', async () => {
  expect((await ask('GET /bigquery/v2/projects')).json['projects']).not.toContainEqual(
    expect.objectContaining({ id: 'bigquery-public-data' }),
  );
  expect((await ask('GET /bigquery/v2/projects/bigquery-public-data/datasets')).json).toMatchObject({
    datasets: [{ id: 'bigquery-public-data:samples' }, { id: 'bigquery-public-data:usa_names' }],
  });
});

test('a token for whoever must have one', async () => {
  expect((await ask('POST /v1/token')).json).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String), expires_in: 3600 });
  expect((await ask('POST /v1/introspect')).json).toMatchObject({ active: true });
});

test('jobs.insert names the destination of a query that still runs', async () => {
  const { json } = await insert("SELECT 'slow'");
  expect(json).toMatchObject({
    status: { state: 'RUNNING' },
    configuration: { query: { destinationTable: { datasetId: expect.stringMatching(/^_/), tableId: expect.stringMatching(/^anon/) } } },
  });
});

test('a statement that changes a table has that table as its destination', async () => {
  const target = { projectId: 'acme', datasetId: 'd', tableId: 't' };
  for (const sql of ['CREATE TABLE d.t (n INT64)', 'INSERT INTO d.t VALUES (1)', 'UPDATE d.t SET n = 2 WHERE TRUE'])
    expect((await insert(sql)).json).toMatchObject({ configuration: { query: { destinationTable: target } } });
});

test('a job looks for its datasets in its own location', async () => {
  const defaultDataset = { projectId: 'acme', datasetId: 'd' };
  const job = { jobReference: { location: 'EU' }, configuration: { query: { query: 'SELECT 1', useLegacySql: false, defaultDataset } } };
  expect((await ask('POST /bigquery/v2/projects/acme/jobs', job)).json).toMatchObject({
    jobReference: { location: 'EU' },
    status: { state: 'DONE', errorResult: { reason: 'notFound', message: 'Not found: Dataset acme:d was not found in location EU' } },
  });
  const copy = { sourceTable: { ...defaultDataset, tableId: 't' }, destinationTable: { ...defaultDataset, tableId: 'u' } };
  expect((await ask('POST /bigquery/v2/projects/acme/jobs', { jobReference: { location: 'EU' }, configuration: { copy } })).status).toBe(
    404,
  );
});

test('models are listed, read, described and deleted', async () => {
  await insert("CREATE MODEL d.m OPTIONS (model_type = 'kmeans') AS SELECT 1 AS x");
  const model = '/bigquery/v2/projects/acme/datasets/d/models';
  expect((await ask(`GET ${model}`)).json).toMatchObject({ models: [{ modelReference: { modelId: 'm' }, modelType: 'KMEANS' }] });
  expect((await ask(`PATCH ${model}/m`, { friendlyName: 'friend', modelType: 'ignored' })).json).toMatchObject({
    friendlyName: 'friend',
    modelType: 'KMEANS',
  });
  expect((await sandbox.app.inject({ method: 'DELETE', url: `${model}/m` })).statusCode).toBe(204);
  expect((await ask(`GET ${model}/m`)).status).toBe(404);
});
