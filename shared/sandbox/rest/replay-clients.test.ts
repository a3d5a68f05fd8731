// A session of a real client, recorded on its way to the sandbox, and replayed: by the same client, and by one of another major version.
import { createServer, type IncomingHttpHeaders, type Server, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import * as client9 from '@google-cloud/bigquery';
import * as client8 from '@google-cloud/bigquery-8';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../create-sandbox.ts';
import { indexRecordedExchanges } from './index-recorded-exchanges.ts';
import type { RecordedExchange } from './recorded-answers.ts';

const toHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** Passes requests on and keeps both sides of every exchange. */
function createRecordingProxy(upstream: string, exchanges: RecordedExchange[]): Server {
  return createServer(async (request, response) => {
    const requestBody = await buffer(request);
    const { method: httpMethod = 'GET', url: target = '/', headers } = request;
    const outgoing = sendRequest(new URL(target, upstream), { method: httpMethod, headers }, async (answer) => {
      const responseBody = await buffer(answer);
      exchanges.push({
        exchangeId: String(exchanges.length),
        httpMethod,
        target,
        requestHeaders: toHeaders(headers),
        status: answer.statusCode ?? 0,
        responseHeaders: toHeaders(answer.headers),
        requestBody: async () => requestBody,
        responseBody: async () => responseBody,
      });
      response.writeHead(answer.statusCode ?? 500, answer.headers).end(responseBody);
    });
    outgoing.end(requestBody);
  });
}

type BigQueryClass = typeof client9.BigQuery;
const BigQuery8 = client8.BigQuery as unknown as BigQueryClass;

/** What the session does, and all that its client got to see. */
async function runSession(BigQuery: BigQueryClass, url: string): Promise<unknown> {
  process.env['BIGQUERY_EMULATOR_HOST'] = url;
  const bigquery = new BigQuery({ projectId: 'p' });
  const seen: unknown[] = [];
  seen.push((await bigquery.getDatasets())[0].map(({ id }) => id));
  seen.push((await bigquery.query({ query: 'SELECT n, ts FROM shop.numbers ORDER BY n', maxResults: 400 }))[0]);
  const count = { query: 'SELECT COUNT(*) AS c FROM shop.numbers WHERE n > @least', params: { least: 500 } };
  seen.push((await bigquery.query(count))[0]);
  await bigquery.query('DELETE FROM shop.numbers WHERE n > 900');
  seen.push((await bigquery.query(count))[0]);
  const [job] = await bigquery.createQueryJob('SELECT MAX(n) AS highest FROM shop.numbers');
  seen.push((await job.getQueryResults())[0], (await job.getMetadata())[0].statistics.query.statementType);
  seen.push(await bigquery.query('SELECT nothing FROM shop.numbers').catch(({ message, code }) => [message, code]));
  seen.push((await bigquery.dataset('shop').table('numbers').getRows({ maxResults: 3 }))[0]);
  return JSON.parse(JSON.stringify(seen));
}

describe('a recorded session of client 9', () => {
  const exchanges: RecordedExchange[] = [];
  let engineSandbox: Sandbox;
  let proxy: Server;
  let original: unknown;

  beforeAll(async () => {
    engineSandbox = await createSandbox();
    const upstream = await engineSandbox.listen({ host: '127.0.0.1', port: 0 });
    await engineSandbox.engine.catalog.createDataset({ datasetReference: { projectId: 'p', datasetId: 'shop' } });
    const sql = 'CREATE TABLE shop.numbers AS SELECT n, TIMESTAMP_MICROS(n) AS ts FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n';
    await engineSandbox.engine.query({ projectId: 'p', sql });
    proxy = createRecordingProxy(upstream, exchanges).listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy.once('listening', resolve));
    original = await runSession(client9.BigQuery, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  });
  afterAll(async () => {
    delete process.env['BIGQUERY_EMULATOR_HOST'];
    proxy.close();
    await engineSandbox.close();
  });

  test.each([
    ['the same client', client9.BigQuery],
    ['client 8', BigQuery8],
  ])('shows %s the same again, with no engine behind it', async (_name, BigQuery) => {
    async function* inOrder() {
      yield* exchanges;
    }
    const replay = await createSandbox({ recorded: await indexRecordedExchanges(inOrder()) });
    expect(await runSession(BigQuery, await replay.listen({ host: '127.0.0.1', port: 0 }))).toEqual(original);
    await replay.close();
  });

  test('went through pages and changed what the same statement answers', () => {
    expect(exchanges.some(({ target }) => target.includes('pageToken'))).toBe(true);
    expect(original).toEqual(expect.arrayContaining([[{ c: 500 }], [{ c: 400 }], [{ highest: 900 }]]));
  });
});
