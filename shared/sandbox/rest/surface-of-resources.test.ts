// What the resources' methods answer, on the real engine: one request a line.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surface } from '../../bigquery/surface.ts';
import { createSandbox, type Sandbox } from '../create-sandbox.ts';

let sandbox: Sandbox;
type Answer = {
  readonly status: number;
  readonly json: Record<string, unknown>;
  readonly reason: string | undefined;
  readonly message: string | undefined;
};

async function ask(line: string, payload?: object, headers: Record<string, string> = {}): Promise<Answer> {
  const [method, path] = line.split(' ') as ['GET', string];
  const url = path.startsWith('/') ? path : `/bigquery/v2/projects/p/${path}`;
  const response = await sandbox.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  const json = response.body === '' ? {} : response.json();
  const { message, errors } = json.error ?? {};
  return { status: response.statusCode, json, reason: errors?.[0].reason, message };
}

beforeAll(async () => {
  sandbox = await createSandbox();
  await ask('POST datasets', { datasetReference: { datasetId: 'd' }, labels: { kind: 'test' } });
  const fields = [
    { name: 'n', type: 'INTEGER' },
    { name: 'r', type: 'RECORD', fields: [{ name: 'a', type: 'STRING' }] },
  ];
  await ask('POST datasets/d/tables', { tableReference: { tableId: 't' }, schema: { fields } });
});
afterAll(() => sandbox.close());

test('every method of the surface is answered, and only row access policies cannot be made', async () => {
  await ask('POST datasets', { datasetReference: { datasetId: 'walked' } });
  const refused: string[] = [];
  for (const { id, httpMethod, path } of surface) {
    const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ({ projectId: 'p', datasetId: 'walked' })[name] ?? 'nothing');
    const { status } = await ask(
      `${httpMethod} /bigquery/v2/${target}`,
      httpMethod === 'GET' || httpMethod === 'DELETE' ? undefined : { nothing: 1 },
    );
    if (status === 501) refused.push(id);
    if (id === 'bigquery.datasets.delete') await ask('POST datasets/walked:undelete', {});
    expect(status, id).not.toBe(500);
  }
  expect(refused).toEqual(['bigquery.rowAccessPolicies.insert', 'bigquery.rowAccessPolicies.batchDelete']);
});

describe('requests that BigQuery refuses', () => {
  test.each([
    ['GET datasets?nonsense=1', undefined, 400, /Unknown name "nonsense": Cannot bind query parameter/],
    ['GET datasets?filter=kind', undefined, 400, /^Invalid value for filter: kind$/],
    ['GET datasets/d?datasetView=SOME', undefined, 400, /Invalid value at 'datasetView': "SOME"/],
    ['POST datasets', {}, 400, /^Required parameter is missing: datasetId$/],
    ['POST datasets/d/tables', {}, 400, /^Required parameter is missing: tableId$/],
    ['POST datasets/d/tables', { tableReference: { tableId: 't$1' } }, 400, /^Invalid table ID "t\$1"/],
    ['GET datasets/d/tables/t?view=SOME', undefined, 400, /'view'/],
    ['GET datasets/d/tables/t/data?selectedFields=absent', undefined, 400, /^Field 'absent' is not present/],
    ['GET datasets/d/tables/t/data?selectedFields=r.b', undefined, 400, /^Field 'r\.b' is not present/],
    ['GET datasets/d/tables/t/rowAccessPolicies/x', undefined, 404, /^Not found: Row access policy p:d\.t\.x$/],
    ['GET jobs?stateFilter=lost', undefined, 400, /'stateFilter': "lost"/],
    ['GET jobs?projection=some', undefined, 400, /'projection': "some"/],
    ['POST jobs', { configuration: { load: {} } }, 400, /^Required parameter is missing: destinationTable$/],
    ['POST jobs', { configuration: { copy: {} } }, 400, /^Required parameter is missing: sourceTables$/],
    [
      'POST jobs',
      { configuration: { extract: { sourceTable: { tableId: 't' } } } },
      400,
      /^Required parameter is missing: destinationUris$/,
    ],
    ['DELETE jobs/none/delete', undefined, 404, /^Not found: Job p:none$/],
    ['POST datasets/never:undelete', {}, 404, /^Not found: Dataset p:never/],
  ])('%s %j: %d', async (line, payload, status, message) => {
    expect(await ask(line, payload)).toMatchObject({ status, message: expect.stringMatching(message) });
  });
});

test('a dataset’s views: metadata, access, both', async () => {
  expect((await ask('GET datasets/d?datasetView=METADATA')).json).not.toHaveProperty('access');
  expect(Object.keys((await ask('GET datasets/d?datasetView=ACL')).json).sort()).toEqual([
    'access',
    'datasetReference',
    'etag',
    'id',
    'kind',
  ]);
  expect((await ask('GET datasets/d')).json).toMatchObject({ access: expect.any(Array), labels: { kind: 'test' } });
});

test('a deleted dataset comes back with its tables', async () => {
  await ask('POST queries', { query: 'CREATE TABLE lost.t AS SELECT 1 AS n', useLegacySql: false });
  expect((await ask('DELETE datasets/lost?deleteContents=true')).status).toBe(204);
  expect((await ask('POST datasets/lost:undelete', {})).json).toMatchObject({ id: 'p:lost' });
  expect((await ask('GET datasets/lost/tables/t')).json).toMatchObject({ numRows: '1' });
});

test('a policy is written by who has read it last', async () => {
  const { etag } = (await ask('POST datasets/d/tables/t:setIamPolicy', { policy: { bindings: [] } })).json;
  expect(await ask('POST datasets/d/tables/t:setIamPolicy', { policy: { etag: 'another', bindings: [] } })).toMatchObject({
    status: 409,
    message: expect.stringMatching(/concurrent policy changes/),
  });
  expect((await ask('POST datasets/d/tables/t:setIamPolicy', { policy: { etag, bindings: [] } })).status).toBe(200);
});

test('a read mask says what is told of a routine', async () => {
  const routine = { routineReference: { routineId: 'twice' }, routineType: 'SCALAR_FUNCTION', definitionBody: '2', description: 'two' };
  await ask('POST datasets/d/routines', routine);
  const reference = { projectId: 'p', datasetId: 'd', routineId: 'twice' };
  expect((await ask('GET datasets/d/routines?readMask=description')).json).toEqual({
    routines: [{ routineReference: reference, description: 'two' }],
  });
  expect(Object.keys((await ask('GET datasets/d/routines')).json['routines'] as object[]).length).toBe(1);
});
