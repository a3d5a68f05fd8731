import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../create-sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.engine.catalog.createDataset({ datasetReference: { projectId: 'p', datasetId: 'd' } });
});
afterAll(() => sandbox.close());

const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: string | Buffer, headers: Record<string, string> = {}) =>
  sandbox.app.inject({ method, url, ...(payload === undefined ? {} : { payload }), headers });

const sendJson = (url: string, body: object) => send('POST', url, JSON.stringify(body), { 'content-type': 'application/json' });

async function runJob(configuration: object): Promise<{ status: object; statistics: object }> {
  const { jobReference } = (await sendJson('/projects/p/jobs', { configuration })).json();
  for (;;) {
    const job = (await send('GET', `/projects/p/jobs/${jobReference.jobId}`)).json();
    if (job.status.state === 'DONE') return job;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const destinationTable = { projectId: 'p', datasetId: 'd', tableId: 't' };
const schema = { fields: [{ name: 'id', type: 'INTEGER' }] };

test('objects are put, listed, read and removed', async () => {
  await sendJson('/storage/v1/b?project=p', { name: 'bucket' });
  const put = await send('POST', '/upload/storage/v1/b/bucket/o?uploadType=media&name=a%2Fone.csv', '1\n2\n', {
    'content-type': 'text/csv',
  });
  expect(put.json()).toMatchObject({ name: 'a/one.csv', size: '4', contentType: 'text/csv', md5Hash: 'bdtAletxniqfCj+VZ30k4A==' });
  expect((await send('GET', '/storage/v1/b/bucket/o?prefix=a/')).json().items).toHaveLength(1);
  expect((await send('GET', '/b/bucket/o/a%2Fone.csv?alt=media')).payload).toBe('1\n2\n');
  expect((await send('DELETE', '/storage/v1/b/bucket/o/a%2Fone.csv')).statusCode).toBe(204);
  expect((await send('GET', '/storage/v1/b/bucket/o/a%2Fone.csv')).statusCode).toBe(404);
  expect((await send('GET', '/storage/v1/b/elsewhere')).statusCode).toBe(404);
});

test('a resumable upload in two chunks', async () => {
  const begun = await sendJson('/upload/storage/v1/b/bucket/o?uploadType=resumable', { name: 'two.csv' });
  const location = String(begun.headers['location']).replace(/^http:\/\/[^/]+/, '');
  expect((await send('PUT', location, '1\n', { 'content-range': 'bytes 0-1/*' })).statusCode).toBe(308);
  expect((await send('PUT', location, '2\n', { 'content-range': 'bytes 2-3/4' })).json()).toMatchObject({ name: 'two.csv', size: '4' });
});

test('a load takes all objects a URI matches, an extract writes one that can be read', async () => {
  for (const name of ['part-1.csv', 'part-2.csv'])
    await send('POST', `/upload/storage/v1/b/bucket/o?uploadType=media&name=${name}`, '7\n', { 'content-type': 'text/csv' });
  const loaded = await runJob({ load: { sourceUris: ['gs://bucket/part-*.csv'], destinationTable, schema, sourceFormat: 'CSV' } });
  expect(loaded).toMatchObject({ status: { state: 'DONE' }, statistics: { load: { outputRows: '2', inputFiles: '2' } } });
  await runJob({ extract: { sourceTable: destinationTable, destinationUris: ['gs://bucket/out-*.csv.gz'], compression: 'GZIP' } });
  const { rawPayload } = await send('GET', '/storage/v1/b/bucket/o/out-000000000000.csv.gz?alt=media');
  expect(gunzipSync(rawPayload).toString()).toBe('id\n7\n7\n');
});

test('a URI of nothing fails the job', async () => {
  const { status } = await runJob({ load: { sourceUris: ['gs://bucket/none.csv'], destinationTable, schema } });
  expect(status).toMatchObject({ errorResult: { reason: 'notFound', message: 'Not found: URI gs://bucket/none.csv' } });
});
