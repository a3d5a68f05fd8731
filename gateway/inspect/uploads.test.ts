import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { answerLikeBigQuery, sendJson } from '../testing/upstream-double.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    policy: `@id("load") permit (principal in Group::"analysts", action in [Action::"read", Action::"load"], resource in Dataset::"acme.sales");`,
  });
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.upstream.seen.length = 0;
  gateway.upstream.answer = answerLikeBigQuery;
  gateway.recorder.exchanges.length = 0;
});

const job = (datasetId: string, more: Record<string, unknown> = {}) => ({
  configuration: { load: { destinationTable: { projectId: 'acme', datasetId, tableId: 'orders' }, sourceFormat: 'CSV', ...more } },
});
const multipart = (first: string, media: string, boundary = 'xyz') =>
  `--${boundary}\r\nContent-Type: application/json\r\n\r\n${first}\r\n--${boundary}\r\nContent-Type: text/csv\r\n\r\n${media}\r\n--${boundary}--\r\n`;
const upload = (body: string, contentType = 'multipart/related; boundary=xyz') =>
  gateway.send('POST', '/upload/bigquery/v2/projects/acme/jobs?uploadType=multipart', { body, headers: { 'content-type': contentType } });

test('multipart: the configuration is judged and marked, the media passes untouched and is recorded', async () => {
  const media = '1,a\n'.repeat(100_000);
  expect((await upload(multipart(JSON.stringify(job('sales')), media))).status).toBe(200);
  const sent = gateway.upstream.seen[0]!;
  expect(sent.url).toBe('/upload/bigquery/v2/projects/acme/jobs?uploadType=multipart');
  expect(sent.headers['content-length']).toBe(String(Buffer.byteLength(sent.body)));
  const [, first, second] = sent.body.split('--xyz');
  const { exchangeId } = gateway.recorder.exchanges[0]!.intent;
  expect(JSON.parse(first!.split('\r\n\r\n')[1]!)).toMatchObject({
    configuration: { labels: { steno_exchange: exchangeId } },
    jobReference: { projectId: 'acme', jobId: `steno_${exchangeId.replaceAll('-', '_')}` },
  });
  expect(second).toBe(`\r\nContent-Type: text/csv\r\n\r\n${media}\r\n`);
  expect(gateway.recorder.exchanges[0]!.requestBody.toString()).toBe(multipart(JSON.stringify(job('sales')), media));
});

test('multipart with bare line feeds, as Python writes it', async () => {
  const body = multipart(JSON.stringify(job('sales')), '1,a').replaceAll('\r\n', '\n');
  expect((await upload(body)).status).toBe(200);
  const sent = gateway.upstream.seen[0]!;
  expect(sent.headers['content-length']).toBe(String(Buffer.byteLength(sent.body)));
  const [, first, second] = sent.body.split('--xyz');
  expect(JSON.parse(first!.split('\n\n')[1]!)).toMatchObject({ configuration: { labels: { steno_exchange: expect.any(String) } } });
  expect(second).toBe('\nContent-Type: text/csv\n\n1,a\n');
  expect((await upload(multipart(JSON.stringify(job('hr')), 'x').replaceAll('\r\n', '\n'))).status).toBe(403);
});

test.each([
  ['a table that may not be loaded', multipart(JSON.stringify(job('hr')), 'x'), undefined, 403],
  [
    'a statement hidden in an upload',
    multipart(JSON.stringify({ configuration: { query: { query: 'SELECT * FROM acme.hr.t', useLegacySql: false } } }), 'x'),
    undefined,
    403,
  ],
  ['duplicate keys', multipart('{"configuration":{},"configuration":{}}', 'x'), undefined, 400],
  ['no boundary', 'x', 'multipart/related', 400],
  ['another boundary', multipart('{}', 'x', 'other'), undefined, 400],
  [
    'the media first',
    `--xyz\r\nContent-Type: text/csv\r\n\r\n1\r\n--xyz\r\nContent-Type: application/json\r\n\r\n{}\r\n--xyz--`,
    undefined,
    400,
  ],
  [
    'headers that end for one reader and go on for another',
    `--xyz\r\nContent-Type: application/json\n\n{}\r\n\r\n${JSON.stringify(job('hr'))}\r\n--xyz\r\nContent-Type: text/csv\r\n\r\nx\r\n--xyz--`,
    undefined,
    403,
  ],
  [
    'an encoded first part',
    `--xyz\r\nContent-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n\r\ne30=\r\n--xyz--`,
    undefined,
    400,
  ],
])('multipart: %s → refused before a byte goes upstream', async (_, body, contentType, status) => {
  expect((await upload(body, contentType)).status).toBe(status);
  expect(gateway.upstream.seen).toEqual([]);
});

test('a simple upload says nothing about its job, so it is refused', async () => {
  const answer = await gateway.send('POST', '/upload/bigquery/v2/projects/acme/jobs?uploadType=media', {
    body: 'x',
    headers: { 'content-type': 'text/csv' },
  });
  expect(answer.status).toBe(400);
});

test('resumable: judged at its beginning, its address leads back here, its chunks are its owner’s only', async () => {
  gateway.upstream.answer = ({ method, url }, response) => {
    if (method === 'POST')
      return response.writeHead(200, { location: 'https://upload.googleapis.com/elsewhere?upload_id=up-1', 'content-length': 0 }).end();
    if (!url.includes('upload_id=up-1')) return response.writeHead(404).end();
    return response.writeHead(308, { range: 'bytes=0-3', 'content-length': 0 }).end();
  };
  const begun = await gateway.send('POST', '/upload/bigquery/v2/projects/acme/jobs?uploadType=resumable', {
    body: job('sales'),
    headers: { 'x-upload-content-type': 'text/csv' },
  });
  expect(begun.status).toBe(200);
  const location = begun.headers.get('location')!;
  expect(location).toBe(`${gateway.url}/upload/bigquery/v2/projects/acme/jobs?uploadType=resumable&upload_id=up-1`);
  expect(gateway.upstream.seen[0]!.headers).toMatchObject({ 'x-upload-content-type': 'text/csv' });

  const path = location.slice(gateway.url.length);
  const chunk = await gateway.send('PUT', path, { body: '1,a\n', headers: { 'content-type': 'text/csv', 'content-range': 'bytes 0-3/*' } });
  expect(chunk).toMatchObject({ status: 308 });
  expect(chunk.headers.get('range')).toBe('bytes=0-3');
  expect(gateway.upstream.seen[1]).toMatchObject({ method: 'PUT', body: '1,a\n', headers: { 'content-range': 'bytes 0-3/*' } });
  expect(gateway.recorder.exchanges[1]!.requestBody.toString()).toBe('1,a\n');

  const other = await gateway.issuer.mint({ sub: 'other', groups: ['analysts'] });
  expect((await gateway.send('PUT', path, { body: 'evil', token: other })).status).toBe(404);
  expect(gateway.upstream.seen).toHaveLength(2);
});

test('resumable: the last chunk brings the job, under the principal’s own name', async () => {
  gateway.upstream.answer = ({ method }, response) => {
    if (method === 'POST') return response.writeHead(200, { location: '/upload?upload_id=up-2' }).end();
    return sendJson(response, 200, {
      kind: 'bigquery#job',
      jobReference: { projectId: 'acme', jobId: 'load-1' },
      user_email: 'gateway@acme',
    });
  };
  const begun = await gateway.send('POST', '/resumable/upload/bigquery/v2/projects/acme/jobs?uploadType=resumable', { body: job('sales') });
  const done = await gateway.send('PUT', begun.headers.get('location')!.slice(gateway.url.length), {
    body: '1,a\n',
    headers: { 'content-type': 'text/csv' },
  });
  expect(done).toMatchObject({ status: 200, json: { user_email: 'agent@acme.test' } });
  expect((await gateway.send('GET', '/bigquery/v2/projects/acme/jobs/load-1')).status).toBe(200);
});

test('an upload told by commands, as Ruby tells it: judged, sent and recorded as any other, answered in its own words', async () => {
  gateway.upstream.answer = ({ method, headers }, response) => {
    if (method === 'POST')
      return response.writeHead(200, { location: 'https://upload.googleapis.com/x?upload_id=up-3', 'content-length': 0 }).end();
    if (headers['content-range'] === 'bytes */*') return response.writeHead(308, { range: 'bytes=0-1', 'content-length': 0 }).end();
    return sendJson(response, 200, { kind: 'bigquery#job', jobReference: { projectId: 'acme', jobId: 'load-3' } });
  };
  const start = (datasetId: string) =>
    gateway.send('POST', '/upload/bigquery/v2/projects/acme/jobs', {
      body: job(datasetId),
      headers: {
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
        'x-goog-upload-header-content-type': 'text/csv',
        'x-goog-upload-header-content-length': '4',
      },
    });
  expect((await start('hr')).status).toBe(403);
  expect(gateway.upstream.seen).toEqual([]);
  const begun = await start('sales');
  expect(begun.status).toBe(200);
  expect(begun.headers.get('x-goog-upload-status')).toBe('active');
  const address = begun.headers.get('x-goog-upload-url')!;
  expect(address).toBe(`${gateway.url}/upload/bigquery/v2/projects/acme/jobs?uploadType=resumable&upload_id=up-3`);
  expect(gateway.upstream.seen[0]).toMatchObject({
    url: '/upload/bigquery/v2/projects/acme/jobs?uploadType=resumable',
    headers: { 'x-upload-content-type': 'text/csv', 'x-upload-content-length': '4' },
  });
  const path = address.slice(gateway.url.length);
  const asked = await gateway.send('POST', path, { headers: { 'x-goog-upload-command': 'query', 'content-length': '0' } });
  expect([asked.status, asked.headers.get('x-goog-upload-size-received')]).toEqual([200, '2']);
  const other = await gateway.issuer.mint({ sub: 'other', groups: ['analysts'] });
  const rest = {
    body: 'a\n',
    headers: { 'content-type': 'text/csv', 'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '2' },
  };
  expect((await gateway.send('POST', path, { ...rest, token: other })).status).toBe(404);
  const done = await gateway.send('POST', path, rest);
  expect([done.status, done.headers.get('x-goog-upload-status'), done.json.jobReference.jobId]).toEqual([200, 'final', 'load-3']);
  expect(gateway.upstream.seen.at(-1)).toMatchObject({ method: 'PUT', body: 'a\n', headers: { 'content-range': 'bytes 2-3/4' } });
  expect(gateway.recorder.exchanges.at(-1)!.requestBody.toString()).toBe('a\n');
});
