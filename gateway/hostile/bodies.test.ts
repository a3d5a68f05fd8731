import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gatewayForFile } from '../testing/gateway-for-file.ts';
import type { TestGateway } from '../testing/start-test-gateway.ts';

let gateway: TestGateway;
let token: string;

gatewayForFile((started, minted) => {
  gateway = started;
  token = minted;
});

/** Sends exactly these bytes and reads until the other side is silent. */
function exchangeBytes(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const url = new URL(gateway.url);
    const socket = connect(Number(url.port), url.hostname, () => socket.write(bytes.replaceAll('TOKEN', token)));
    let text = '';
    let timer = setTimeout(() => socket.destroy(), 600);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), 150);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

const authorization = 'Host: gw\r\nAuthorization: Bearer TOKEN\r\n';
const datasets = '/bigquery/v2/projects/acme/datasets';

test.each([
  [
    'Content-Length and Transfer-Encoding',
    `POST /bigquery/v2/projects/acme/queries HTTP/1.1\r\n${authorization}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'two Content-Lengths',
    `POST /bigquery/v2/projects/acme/queries HTTP/1.1\r\n${authorization}Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}xyz`,
  ],
  ['a folded header', `GET ${datasets} HTTP/1.1\r\n${authorization}X-A: b\r\n c\r\n\r\n`],
  ['a bare CR in a header', `GET ${datasets} HTTP/1.1\r\n${authorization}X-A: b\rX-B: c\r\n\r\n`],
  ['a space before the colon', `GET ${datasets} HTTP/1.1\r\n${authorization}X-A : b\r\n\r\n`],
  [
    'a chunk size that is no number',
    `POST /bigquery/v2/projects/acme/queries HTTP/1.1\r\n${authorization}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  ],
  ['no HTTP at all', 'SELECT 1;\r\n\r\n'],
])('%s: nothing reaches BigQuery', async (_, bytes) => {
  const answer = await exchangeBytes(bytes);
  expect(answer.match(/HTTP\/1\.1 \d+/g)?.filter((each) => !each.endsWith(' 400')) ?? []).toEqual([]);
  expect(answer).not.toMatch(/<html/i);
  expect(gateway.upstream.seen).toEqual([]);
});

test.each([
  ['an absolute-form target', `GET http://bigquery.googleapis.com${datasets} HTTP/1.1\r\n${authorization}\r\n`, 400],
  ['a malformed escape', `GET ${datasets}/%zz HTTP/1.1\r\n${authorization}\r\n`, 400],
  ['a dot segment', `GET /bigquery/v2/projects/acme/../other/datasets HTTP/1.1\r\n${authorization}\r\n`, 400],
  ['two Authorization headers', `GET ${datasets} HTTP/1.1\r\n${authorization}Authorization: Bearer x.y.z\r\n\r\n`, 401],
  ['a credential in the target', `GET ${datasets}?oauth_token=TOKEN HTTP/1.1\r\nHost: gw\r\n\r\n`, 401],
  [
    'Connection naming Authorization',
    `GET ${datasets} HTTP/1.1\r\nHost: gw\r\nConnection: authorization\r\nX-Forwarded-User: root\r\n\r\n`,
    401,
  ],
  [
    'an override to DELETE',
    `POST ${datasets}/sales HTTP/1.1\r\n${authorization}X-HTTP-Method-Override: DELETE\r\nContent-Length: 0\r\n\r\n`,
    400,
  ],
  ['a strange method', `PROPFIND ${datasets} HTTP/1.1\r\n${authorization}\r\n`, 405],
])('%s: %s → %i in Google’s envelope, recorded', async (_, bytes, status) => {
  const answer = await exchangeBytes(bytes);
  expect(answer).toContain(`HTTP/1.1 ${status}`);
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({
    error: { code: status, errors: [{ domain: 'global' }] },
  });
  expect(gateway.upstream.seen).toEqual([]);
  const recorded = gateway.recorder.exchanges.filter((each) => each.status === status);
  expect(recorded).toHaveLength(1);
  expect(JSON.stringify(recorded[0]!.intent)).not.toContain(token);
});

const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  gateway.send('POST', '/bigquery/v2/projects/acme/queries', { body, headers });
const good = '{"query":"SELECT 1","useLegacySql":false}';

test.each<[string, string | Uint8Array, Record<string, string>, number]>([
  ['duplicate keys', '{"query":"SELECT 1","query":"SELECT 2","useLegacySql":false}', {}, 400],
  ['duplicate keys, one escaped', '{"query":"SELECT 1","qu\\u0065ry":"SELECT 2","useLegacySql":false}', {}, 400],
  ['UTF-16', Buffer.from(good, 'utf16le'), {}, 400],
  ['a foreign charset', good, { 'content-type': 'application/json; charset=utf-16' }, 400],
  ['a byte order mark', `\ufeff${good}`, {}, 400],
  ['invalid UTF-8', Buffer.concat([Buffer.from('{"query":"SELECT \''), Buffer.from([0xff]), Buffer.from('\'"}')]), {}, 400],
  ['gzip without saying so', gzipSync(good), {}, 400],
  ['gzip twice', gzipSync(gzipSync(good)), { 'content-encoding': 'gzip' }, 400],
  ['gzip cut', gzipSync(good).subarray(0, 20), { 'content-encoding': 'gzip' }, 400],
  ['a 1000:1 bomb', gzipSync(Buffer.alloc(64 * 2 ** 20, ' ')), { 'content-encoding': 'gzip' }, 413],
  ['deflate', good, { 'content-encoding': 'deflate' }, 400],
  ['two encodings', gzipSync(good), { 'content-encoding': 'gzip, gzip' }, 400],
  ['an array', `[${good}]`, {}, 400],
  ['a query that is a list', '{"query":["SELECT 1"],"useLegacySql":false}', {}, 400],
  ['a flag that is a word', '{"query":"SELECT 1","useLegacySql":"maybe"}', {}, 400],
  ['no query', '{"useLegacySql":false}', {}, 400],
  [
    'a property that changes whose rights count',
    '{"query":"SELECT 1","useLegacySql":false,"connectionProperties":[{"key":"service_account","value":"a@b"}]}',
    {},
    400,
  ],
  [
    'a property that changes what names mean',
    '{"query":"SELECT 1","useLegacySql":false,"connectionProperties":[{"key":"dataset_project_id","value":"x"}]}',
    {},
    400,
  ],
  [
    'a session of BigQuery that is not ours',
    '{"query":"SELECT 1","useLegacySql":false,"connectionProperties":[{"key":"session_id","value":"x"}]}',
    {},
    403,
  ],
])('body: %s → refused', async (_, body, headers, status) => {
  expect((await post(body, headers)).status).toBe(status);
  expect(gateway.upstream.seen).toEqual([]);
});

test('a gzipped body is judged as what it holds, and sent plain', async () => {
  expect((await post(gzipSync(good), { 'content-encoding': 'gzip' })).status).toBe(200);
  expect(gateway.upstream.seen[0]!.headers).not.toHaveProperty('content-encoding');
  expect(JSON.parse(gateway.upstream.seen[0]!.body)).toMatchObject({ query: 'SELECT 1' });
  expect(gateway.recorder.exchanges[0]!.requestBody).toEqual(gzipSync(good));
});

test('unknown keys, __proto__ among them, are not forwarded', async () => {
  expect(
    (await post('{"query":"SELECT 1","useLegacySql":"False","__proto__":{"dryRun":true},"wrapIntegers":true,"maxResults":"10"}')).status,
  ).toBe(200);
  const sent = JSON.parse(gateway.upstream.seen[0]!.body);
  expect(Object.keys(sent).sort()).toEqual(['jobCreationMode', 'labels', 'maxResults', 'query', 'requestId', 'useLegacySql']);
  expect(sent).toMatchObject({ useLegacySql: false, maxResults: 10 });
});

test('the path is judged, so the body may not name something else', async () => {
  const table = { tableReference: { projectId: 'acme', datasetId: 'hr', tableId: 't' } };
  const answer = await gateway.send('POST', '/bigquery/v2/projects/acme/datasets/sales/tables', { body: table });
  expect(answer).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringContaining("Value 'hr' in content does not agree with value 'sales'") } },
  });
});

test('a long GET sent as POST, and a PATCH sent as POST, are what they mean', async () => {
  const long = await gateway.send('POST', '/bigquery/v2/projects/acme/datasets/sales/tables/orders/data', {
    body: 'maxResults=5',
    headers: { 'x-http-method-override': 'GET', 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(long.status).toBe(200);
  expect(gateway.upstream.seen[0]).toMatchObject({
    method: 'GET',
    url: '/bigquery/v2/projects/acme/datasets/sales/tables/orders/data?maxResults=5',
  });
  const patch = await gateway.send('POST', '/bigquery/v2/projects/acme/datasets/sales/tables/orders', {
    body: { description: 'x' },
    headers: { 'x-http-method-override': 'PATCH' },
  });
  expect(patch.json.error.message).toContain('No rule permits you to createOrReplace table acme.sales.orders');
});
