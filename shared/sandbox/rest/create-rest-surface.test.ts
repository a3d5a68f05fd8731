import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { BigQueryError } from '../../bigquery/error-envelope.ts';
import { type AnyTable, anEngine, type EngineSetup } from './an-engine.ts';
import { createRestSurface, type RestSurface, type RestSurfaceOptions } from './create-rest-surface.ts';

const numbers: AnyTable = {
  schema: { fields: [{ name: 'n', type: 'INTEGER', mode: 'NULLABLE' }] },
  rowCount: 1_000,
  toRow: (index) => ({ f: [{ v: String(index) }] }),
};
const times: AnyTable = {
  schema: { fields: [{ name: 'at', type: 'TIMESTAMP', mode: 'NULLABLE' }] },
  rowCount: 1,
  toRow: () => ({ f: [{ v: '1672574400123456' }] }),
};
const result = { projectId: 'p', datasetId: '_anonymous', tableId: 'numbers' };
const tables = { 'p.d.numbers': numbers, 'p.d.times': times, 'p._anonymous.numbers': numbers };
const selectNumbers = async () => ({ schema: numbers.schema, destinationTable: result, totalRows: '1000' });

let surface: RestSurface;
afterEach(() => surface.close());

function open(setup: EngineSetup = {}, options: RestSurfaceOptions = {}): void {
  surface = createRestSurface(anEngine({ tables, onQuery: selectNumbers, ...setup }), options);
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client without types would
type Json = Record<string, any>;

/** `POST /queries {…}` relative to the project `p`. */
async function ask(
  line: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: Json; headers: Json }> {
  const [method, path] = line.split(' ') as ['GET', string];
  const payload = body === undefined ? {} : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
  const response = await surface.app.inject({ method, url: `/bigquery/v2/projects/p${path}`, headers, ...payload });
  const text = response.headers['content-encoding'] === 'gzip' ? gunzipSync(response.rawPayload).toString() : response.payload;
  return { status: response.statusCode, json: text === '' ? {} : JSON.parse(text), headers: response.headers as Json };
}

const values = (rows: Json[] = []): number[] => rows.map((row) => Number(row['f'][0]['v']));

describe('paging', () => {
  test('pages follow each other to the end, and no token is given after the last', async () => {
    open();
    const seen: number[] = [];
    let page = (await ask('POST /queries', { query: 'SELECT', maxResults: 300 })).json;
    const pageSizes = [page['rows'].length];
    seen.push(...values(page['rows']));
    while (page['pageToken'] !== undefined) {
      page = (await ask(`GET /queries/${page['jobReference'].jobId}?maxResults=300&pageToken=${page['pageToken']}`)).json;
      pageSizes.push(page['rows'].length);
      seen.push(...values(page['rows']));
    }
    expect(pageSizes).toEqual([300, 300, 300, 100]);
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
  });

  test('a page also ends at its byte limit, with at least one row in it', async () => {
    open({}, { pageLimits: { defaultPageBytes: 1, maxPageBytes: 2_000 } });
    const first = (await ask('GET /datasets/d/tables/numbers/data')).json;
    expect(first).toMatchObject({ totalRows: '1000', rows: [{ f: [{ v: '0' }] }] });
    expect(first['pageToken']).toBeDefined();
    const counted = (await ask('GET /datasets/d/tables/numbers/data?maxResults=900')).json;
    expect(counted['rows'].length).toBeGreaterThan(50);
    expect(counted['rows'].length).toBeLessThan(900);
  });

  test('startIndex begins anywhere; maxResults=0 brings no rows and no token', async () => {
    open();
    const tail = (await ask('GET /datasets/d/tables/numbers/data?startIndex=998')).json;
    expect(values(tail['rows'])).toEqual([998, 999]);
    expect((await ask('GET /datasets/d/tables/numbers/data?startIndex=5000')).json['rows']).toBeUndefined();
    const none = (await ask('GET /datasets/d/tables/numbers/data?maxResults=0')).json;
    expect(none).toEqual({ kind: 'bigquery#tableDataList', etag: expect.any(String), totalRows: '1000' });
  });

  test('a token opens only what it was made for', async () => {
    open();
    const { json } = await ask('POST /queries', { query: 'SELECT', maxResults: 1 });
    const foreign = await ask(`GET /datasets/d/tables/numbers/data?pageToken=${json['pageToken']}`);
    expect(foreign).toMatchObject({ status: 400, json: { error: { errors: [{ reason: 'invalid' }] } } });
  });

  test('rows are read while they are sent: a client that leaves stops the reading', async () => {
    const reads: number[] = [];
    const endless = { ...numbers, rowCount: 50_000_000 };
    open(
      { tables: { 'p.d.endless': endless }, onRead: (startIndex) => reads.push(startIndex) },
      { pageLimits: { defaultPageBytes: Infinity, maxPageBytes: Infinity } },
    );
    const url = await surface.app.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${url}/projects/p/datasets/d/tables/endless/data`);
    const reader = response.body!.getReader();
    await reader.read();
    await sleep(200);
    const whileWaiting = reads.length;
    await reader.cancel();
    await sleep(100);
    expect(whileWaiting).toBeLessThan(20_000);
    expect(reads.length - whileWaiting).toBeLessThan(5_000);
  });
});

describe('the spelling of answers', () => {
  test.each([
    ['', '1.672574400123456E9'],
    ['?formatOptions.useInt64Timestamp=true', '1672574400123456'],
    ['?formatOptions.useInt64Timestamp=True', '1672574400123456'],
    ['?formatOptions.timestampOutputFormat=ISO8601_STRING', '2023-01-01T12:00:00.123456Z'],
  ])('timestamps with %s', async (query, cell) => {
    open();
    expect((await ask(`GET /datasets/d/tables/times/data${query}`)).json['rows']).toEqual([{ f: [{ v: cell }] }]);
  });

  test('fields picks members, rows included', async () => {
    open();
    expect((await ask('GET /datasets/d/tables/times/data?fields=totalRows')).json).toEqual({ totalRows: '1' });
    expect((await ask('GET /datasets/d/tables/times/data?fields=rows')).json).toEqual({ rows: [{ f: [{ v: '1.672574400123456E9' }] }] });
    expect((await ask('GET /datasets/d/tables/numbers/data?maxResults=1&fields=pageToken')).json).toEqual({
      pageToken: expect.any(String),
    });
  });

  test('gzip when it is asked for, and only then', async () => {
    open();
    const compressed = await ask('GET /datasets/d/tables/numbers/data', undefined, { 'accept-encoding': 'gzip, deflate' });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(compressed.json['rows']).toHaveLength(1_000);
    const plain = await ask('GET /datasets/d/tables/numbers/data', undefined, { 'accept-encoding': 'gzip;q=0' });
    expect(plain.headers['content-encoding']).toBeUndefined();
  });
});

describe('requests', () => {
  test('a gzip body is read', async () => {
    open();
    const response = await surface.app.inject({
      method: 'POST',
      url: '/projects/p/queries',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      payload: gzipSync(JSON.stringify({ query: 'SELECT', maxResults: 1 })),
    });
    expect(response.json()).toMatchObject({ jobComplete: true, totalRows: '1000' });
  });

  test.each([
    ['POST /queries', 'not json', 400, 'parseError'],
    ['POST /queries', '[]', 400, 'parseError'],
    ['POST /queries', '{}', 400, 'required'],
    ['GET /jobs/none', undefined, 404, 'notFound'],
    ['GET /nowhere/else', undefined, 404, 'notFound'],
    ['DELETE /jobs/j/delete', undefined, 404, 'notFound'],
    ['PUT /queries', undefined, 405, 'methodNotAllowed'],
    ['GET /jobs/..%2Fdatasets', undefined, 400, 'badRequest'],
    ['GET /datasets/d/tables/none/data', undefined, 404, 'notFound'],
    ['GET /datasets/d/tables/numbers/data?maxResults=-1', undefined, 400, 'invalidParameter'],
    ['GET /datasets/d/tables/numbers/data?fields=(', undefined, 400, 'invalidParameter'],
    ['GET /%zz', undefined, 400, 'badRequest'],
  ])('%s %s is answered %d %s in the envelope of Google', async (line, payload, status, reason) => {
    open();
    const [method, path] = line.split(' ') as ['GET', string];
    const headers = { 'content-type': 'application/json' };
    const response = await surface.app.inject({
      method,
      url: `/projects/p${path}`,
      ...(payload === undefined ? {} : { payload, headers }),
    });
    expect([response.statusCode, response.json().error.errors[0].reason]).toEqual([status, reason]);
  });

  test('a long GET may be tunnelled through POST, a PATCH too', async () => {
    open();
    const tunnelled = await surface.app.inject({
      method: 'POST',
      url: '/projects/p/datasets/d/tables/numbers/data',
      headers: { 'x-http-method-override': 'GET', 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'maxResults=2&alt=json',
    });
    expect(values(tunnelled.json().rows)).toEqual([0, 1]);
  });

  test('the discovery document follows the door the client came through', async () => {
    open();
    const response = await surface.app.inject({ url: '/s/ticket/$discovery/rest?version=v2', headers: { host: 'gw:9050' } });
    expect(response.json()).toMatchObject({ rootUrl: 'http://gw:9050/s/ticket/' });
  });
});

describe('jobs', () => {
  test('a job id is used once', async () => {
    open();
    const job = { jobReference: { projectId: 'p', jobId: 'mine' }, configuration: { query: { query: 'SELECT' } } };
    expect((await ask('POST /jobs', job)).json).toMatchObject({ id: 'p:US.mine', status: { state: 'DONE' } });
    const again = await ask('POST /jobs', job);
    expect(again).toMatchObject({
      status: 409,
      json: { error: { message: 'Already Exists: Job p:US.mine', errors: [{ reason: 'duplicate' }] } },
    });
  });

  test('a job of a region is found by its location only', async () => {
    open();
    await ask('POST /jobs', { jobReference: { jobId: 'far', location: 'asia-northeast1' }, configuration: { query: { query: 'SELECT' } } });
    expect((await ask('GET /jobs/far?location=Asia-Northeast1')).status).toBe(200);
    expect((await ask('GET /jobs/far?location=US')).status).toBe(404);
    expect((await ask('GET /queries/far')).status).toBe(404);
  });

  test('a request id runs its statement once', async () => {
    let runs = 0;
    open({ onQuery: async () => ({ ...(await selectNumbers()), runs: ++runs }) });
    const first = await ask('POST /queries', { query: 'SELECT', requestId: 'r1' });
    const second = await ask('POST /queries', { query: 'SELECT', requestId: 'r1' });
    expect(second.json['jobReference']).toEqual(first.json['jobReference']);
    expect(runs).toBe(1);
  });

  test('a long query is polled for, listed as running, and cancelled', async () => {
    open({
      onQuery: ({ signal }) => new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('interrupted')))),
    });
    const { json } = await ask('POST /queries', { query: 'SELECT', timeoutMs: 20 });
    expect(json).toEqual({
      kind: 'bigquery#queryResponse',
      jobReference: { projectId: 'p', jobId: expect.any(String), location: 'US' },
      jobComplete: false,
    });
    const id = json['jobReference'].jobId;
    expect((await ask('GET /jobs?stateFilter=running')).json['jobs']).toMatchObject([{ state: 'RUNNING', jobReference: { jobId: id } }]);
    const startedAt = Date.now();
    expect((await ask(`GET /queries/${id}?timeoutMs=100`)).json['jobComplete']).toBe(false);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(95);
    expect((await ask(`POST /jobs/${id}/cancel`)).json['job'].status).toMatchObject({ state: 'DONE', errorResult: { reason: 'stopped' } });
    expect((await ask(`GET /queries/${id}`)).json['error'].message).toBe('Job execution was cancelled: User requested cancellation');
  });

  test('a job ends at its own time-out', async () => {
    open({
      onQuery: ({ signal }) => new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('interrupted')))),
    });
    const { status, json } = await ask('POST /queries', { query: 'SELECT', jobTimeoutMs: '30' });
    expect([status, json['error'].message]).toEqual([499, 'Job execution was cancelled: Job timed out']);
  });

  test('an option that would be passed over is refused instead', async () => {
    open();
    const { json } = await ask('POST /queries', { query: 'SELECT', connectionProperties: [{ key: 'time_zone', value: 'Asia/Tokyo' }] });
    expect(json['error'].errors[0]).toMatchObject({ reason: 'notImplemented', message: expect.stringContaining('time_zone') });
  });

  test('what fails in analysis is refused at once, through either door; the job remains', async () => {
    const error = new BigQueryError({ reason: 'invalidQuery', message: 'Unrecognized name: x at [1:8]', location: 'query' });
    open({ onQuery: () => Promise.reject(error) });
    const expected = { status: 400, json: { error: { message: error.message, errors: [{ reason: 'invalidQuery', location: 'query' }] } } };
    expect(await ask('POST /queries', { query: 'SELECT x' })).toMatchObject(expected);
    expect(await ask('POST /jobs', { jobReference: { jobId: 'j' }, configuration: { query: { query: 'SELECT x' } } })).toMatchObject(
      expected,
    );
    expect((await ask('GET /jobs/j')).json['status']).toMatchObject({ state: 'DONE', errorResult: { reason: 'invalidQuery' } });
  });

  test('a duplicate table is told by the job, for an HTTP 409 would mean the job itself', async () => {
    open({ onQuery: () => Promise.reject(new BigQueryError({ reason: 'duplicate', message: 'Already Exists: Table p:d.t' })) });
    const { status, json } = await ask('POST /jobs', { configuration: { query: { query: 'CREATE TABLE d.t (x INT64)' } } });
    expect([status, json['status'].errorResult.reason]).toEqual([200, 'duplicate']);
  });

  test('the statements of a script are jobs of their own', async () => {
    const child = { sql: 'SELECT 1', statementType: 'SELECT', startTime: 1, endTime: 2, children: [], cacheHit: false } as const;
    const facts = { totalBytesProcessed: '0', totalBytesBilled: '0', referencedTables: [], referencedRoutines: [] };
    const result = { ...child, ...facts, ...(await selectNumbers()) };
    open({
      onQuery: async ({ onChild }) => {
        onChild?.(result);
        return { statementType: 'SCRIPT', children: [result] };
      },
    });
    const { json } = await ask('POST /jobs', { jobReference: { jobId: 'script' }, configuration: { query: { query: 'SELECT 1;' } } });
    expect(json['statistics']).toMatchObject({ numChildJobs: '1', query: { statementType: 'SCRIPT' } });
    const [childJob] = (await ask('GET /jobs?parentJobId=script&projection=full')).json['jobs'];
    expect(childJob).toMatchObject({ configuration: { query: { query: 'SELECT 1' } }, statistics: { parentJobId: 'script' } });
    expect((await ask(`GET /queries/${childJob.jobReference.jobId}?maxResults=1`)).json).toMatchObject({ totalRows: '1000' });
    expect((await ask('GET /jobs')).json['jobs']).toHaveLength(1);
  });

  test('a dry run answers schema and bytes, and leaves no job', async () => {
    open();
    const { json } = await ask('POST /jobs', { configuration: { dryRun: true, query: { query: 'SELECT 1' } } });
    expect(json).toMatchObject({
      status: { state: 'DONE' },
      statistics: { query: { statementType: 'SELECT', totalBytesProcessedAccuracy: 'PRECISE' } },
    });
    expect(json['jobReference']).toEqual({ projectId: 'p', location: 'US' });
    expect((await ask('GET /jobs')).json['jobs']).toEqual([]);
  });

  test('a small result may come without a job', async () => {
    open();
    const { json } = await ask('POST /queries', { query: 'SELECT', jobCreationMode: 'JOB_CREATION_OPTIONAL' });
    expect(json['jobReference']).toBeUndefined();
    expect(json['queryId']).toEqual(expect.any(String));
    const large = await ask('POST /queries', { query: 'SELECT', jobCreationMode: 'JOB_CREATION_OPTIONAL', maxResults: 10 });
    expect(large.json['jobReference']).toBeDefined();
  });
});
