import { afterEach, describe, expect, test } from 'vitest';
import { createRecordedSurface } from './create-recorded-surface.ts';
import type { RestSurface } from './create-rest-surface.ts';
import { indexRecordedExchanges } from './index-recorded-exchanges.ts';
import type { RecordedExchange } from './recorded-answers.ts';

type Line = readonly [request: string, requestBody: object | undefined, status: number, responseBody: object];

/** A recording as a transcript: `POST /projects/p/queries`, what was sent, what came back. */
async function* aRecording(lines: readonly Line[]): AsyncGenerator<RecordedExchange> {
  for (const [index, [request, requestBody, status, responseBody]] of lines.entries()) {
    const [httpMethod, target] = request.split(' ') as [string, string];
    yield {
      exchangeId: `x${index + 1}`,
      httpMethod,
      target,
      requestHeaders: { 'content-type': 'application/json' },
      status,
      responseHeaders: {},
      requestBody: async () => (requestBody === undefined ? undefined : Buffer.from(JSON.stringify(requestBody))),
      responseBody: async () => Buffer.from(JSON.stringify(responseBody)),
    };
  }
}

let surface: RestSurface;
afterEach(() => surface.close());

async function replay(lines: readonly Line[]): Promise<void> {
  surface = createRecordedSurface(await indexRecordedExchanges(aRecording(lines)));
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client without types would
type Json = Record<string, any>;

async function ask(request: string, body?: object): Promise<{ status: number; json: Json }> {
  const [method, url] = request.split(' ') as ['GET', string];
  const payload = body === undefined ? {} : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await surface.app.inject({ method, url, ...payload });
  return { status: response.statusCode, json: response.payload === '' ? {} : response.json() };
}

const schema = { fields: [{ name: 'at', type: 'TIMESTAMP' }] };
const rows = (...cells: string[]) => cells.map((v) => ({ f: [{ v }] }));
const cellsOf = ({ json }: { json: Json }): string[] => (json['rows'] ?? []).map((row: Json) => row['f'][0].v);
const jobReference = { projectId: 'p', jobId: 'recorded', location: 'US' };
const statement = 'SELECT at FROM d.t';
const result = { kind: 'k', jobReference, jobComplete: true, schema, totalRows: '3' };

const pagedQuery: readonly Line[] = [
  ['POST /projects/p/queries', { query: statement, requestId: 'r', timeoutMs: 5 }, 200, { kind: 'k', jobReference, jobComplete: false }],
  [
    'GET /projects/p/queries/recorded?formatOptions.useInt64Timestamp=true',
    undefined,
    200,
    { ...result, rows: rows('0', '1'), pageToken: 'A' },
  ],
  ['GET /projects/p/queries/recorded?pageToken=A', undefined, 200, { ...result, rows: rows('2.0E-6') }],
];

describe('a statement that was recorded', () => {
  test('is answered whole, in the spelling and the pages the new client asks for', async () => {
    await replay(pagedQuery);
    const first = await ask('POST /bigquery/v2/projects/p/queries', { query: `  ${statement}`, requestId: 'other', maxResults: 2 });
    expect(first.json).toMatchObject({ jobComplete: true, totalRows: '3', schema });
    expect(cellsOf(first)).toEqual(['0.0', '1.0E-6']);
    const next = `/projects/p/queries/${first.json['jobReference'].jobId}?formatOptions.useInt64Timestamp=true`;
    expect(cellsOf(await ask(`GET ${next}&pageToken=${first.json['pageToken']}`))).toEqual(['2']);
    expect(cellsOf(await ask(`GET ${next}&startIndex=1`))).toEqual(['1', '2']);
  });

  test('is the same question as a job of its own', async () => {
    await replay(pagedQuery);
    const job = { jobReference: { projectId: 'p', jobId: 'new' }, configuration: { query: { query: statement, useLegacySql: false } } };
    expect((await ask('POST /projects/p/jobs', job)).json).toMatchObject({ id: 'p:US.new', status: { state: 'DONE' } });
    expect(cellsOf(await ask('GET /projects/p/queries/new'))).toEqual(['0.0', '1.0E-6', '2.0E-6']);
  });

  test('and asked again gives what was recorded next, then the last for ever', async () => {
    const once = (jobId: string, cell: string): Line => [
      'POST /projects/p/queries',
      { query: statement },
      200,
      { ...result, jobReference: { ...jobReference, jobId }, totalRows: '1', rows: rows(cell) },
    ];
    await replay([once('a', '1.0'), once('b', '2.0')]);
    const seen: string[] = [];
    for (let turn = 0; turn < 3; turn++) seen.push(...cellsOf(await ask('POST /projects/p/queries', { query: statement })));
    expect(seen).toEqual(['1.0', '2.0', '2.0']);
  });

  test('fails as it failed', async () => {
    const error = {
      code: 403,
      message: 'Access Denied: Table p:d.t',
      errors: [{ reason: 'accessDenied', domain: 'global' }],
      status: 'PERMISSION_DENIED',
    };
    await replay([['POST /projects/p/queries', { query: statement }, 403, { error }]]);
    const { status, json } = await ask('POST /projects/p/queries', { query: statement });
    expect([status, json['error'].message, json['error'].errors[0].reason]).toEqual([403, error.message, 'accessDenied']);
  });

  test('a refusal to try again later is passed over', async () => {
    const busy: Line = ['POST /projects/p/queries', { query: statement }, 503, { error: { code: 503, message: 'busy' } }];
    await replay([busy, ['POST /projects/p/queries', { query: statement }, 200, { ...result, totalRows: '1', rows: rows('1.0') }]]);
    expect(cellsOf(await ask('POST /projects/p/queries', { query: statement }))).toEqual(['1.0']);
  });
});

describe('what was not recorded', () => {
  test('is refused by name, through either door', async () => {
    await replay(pagedQuery);
    const other = await ask('POST /projects/p/queries', { query: 'SELECT secret FROM d.t' });
    expect([other.status, other.json['error'].errors[0].reason]).toEqual([404, 'notRecorded']);
    expect(other.json['error'].message).toContain('SELECT secret FROM d.t');
    const job = await ask('POST /projects/p/jobs', { configuration: { query: { query: 'DELETE FROM d.t WHERE TRUE' } } });
    expect(job.json['error'].message).toContain('DELETE FROM d.t WHERE TRUE');
    expect((await ask('GET /projects/p/datasets')).json['error'].errors[0].reason).toBe('notRecorded');
  });

  test('another parameter is another question', async () => {
    const ofId = (value: string) => ({
      query: statement,
      parameterMode: 'NAMED',
      queryParameters: [{ name: 'id', parameterType: { type: 'INT64' }, parameterValue: { value } }],
    });
    await replay([['POST /projects/p/queries', ofId('1'), 200, { ...result, totalRows: '1', rows: rows('1.0') }]]);
    expect((await ask('POST /projects/p/queries', ofId('1'))).status).toBe(200);
    expect((await ask('POST /projects/p/queries', ofId('2'))).status).toBe(404);
  });

  test('rows that the recorded client never fetched are missing, not empty', async () => {
    await replay(pagedQuery.slice(0, 2));
    const first = await ask('POST /projects/p/queries', { query: statement });
    expect([cellsOf(first).length, first.json['totalRows']]).toEqual([2, '3']);
    const next = await ask(`GET /projects/p/queries/${first.json['jobReference'].jobId}?pageToken=${first.json['pageToken']}`);
    expect(next.json['error'].message).toMatch(/of 3 rows, the recording holds the first 2/);
  });

  test('a job whose results nobody fetched has none to give', async () => {
    const job = {
      kind: 'bigquery#job',
      jobReference,
      configuration: { query: { query: statement } },
      status: { state: 'DONE' },
      statistics: { query: { statementType: 'SELECT' } },
    };
    await replay([['POST /projects/p/jobs', { configuration: { query: { query: statement } } }, 200, job]]);
    const { json } = await ask('POST /projects/p/jobs', { configuration: { query: { query: statement } } });
    expect(json['status']).toEqual({ state: 'DONE' });
    expect((await ask(`GET /projects/p/queries/${json['jobReference'].jobId}`)).json['error'].message).toMatch(/never fetched/);
  });
});

test('metadata, lists and inserts are given back as they were', async () => {
  const table = { kind: 'bigquery#table', id: 'p:d.t', schema };
  const data = { kind: 'bigquery#tableDataList', totalRows: '1', rows: rows('1672574400123456') };
  const insert = (insertId: string) => ({ rows: [{ insertId, json: { at: 1 } }] });
  await replay([
    ['GET /bigquery/v2/projects/p/datasets/d/tables/t?prettyPrint=false', undefined, 200, table],
    ['GET /projects/p/datasets/d/tables/t/data?formatOptions.useInt64Timestamp=true', undefined, 200, data],
    ['POST /projects/p/datasets/d/tables/t/insertAll', insert('random'), 200, { kind: 'inserted' }],
    ['GET /projects/p/datasets/d/tables/gone', undefined, 404, { error: { code: 404, message: 'Not found: Table p:d.gone' } }],
  ]);
  expect((await ask('GET /projects/p/datasets/d/tables/t')).json).toEqual(table);
  expect(cellsOf(await ask('GET /projects/p/datasets/d/tables/t/data'))).toEqual(['1.672574400123456E9']);
  expect((await ask('POST /projects/p/datasets/d/tables/t/insertAll', insert('other'))).json).toEqual({ kind: 'inserted' });
  expect((await ask('GET /projects/p/datasets/d/tables/gone')).status).toBe(404);
});
