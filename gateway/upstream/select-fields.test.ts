import { describe, expect, it } from 'vitest';
import { gatewayForFile } from '../testing/gateway-for-file.ts';
import type { TestGateway } from '../testing/start-test-gateway.ts';
import { answerLikeBigQuery, sendJson } from '../testing/upstream-double.ts';

let gateway: TestGateway;
gatewayForFile((started) => {
  gateway = started;
});

const job = {
  kind: 'bigquery#job',
  id: 'acme:US.mine',
  user_email: 'gateway@acme.iam.gserviceaccount.com',
  jobReference: { projectId: 'acme', jobId: 'mine', location: 'US' },
  configuration: {
    query: { query: 'SELECT x FROM acme.sales.orders', destinationTable: { projectId: 'acme', datasetId: '_anon', tableId: 'result' } },
  },
  statistics: { query: { totalBytesBilled: '10', referencedTables: [{ projectId: 'acme', datasetId: 'sales', tableId: 'orders' }] } },
  status: { state: 'DONE' },
};

const jobs = '/bigquery/v2/projects/acme/jobs';
const insert = (fields: string, more = '') =>
  gateway.send('POST', `${jobs}?fields=${encodeURIComponent(fields)}${more}`, {
    body: {
      jobReference: { projectId: 'acme', jobId: 'mine' },
      configuration: { query: { query: 'SELECT x FROM acme.sales.orders', useLegacySql: false } },
    },
  });
const answerJob = (): void => {
  gateway.upstream.answer = (request, response) =>
    request.body.includes('"dryRun":true') ? answerLikeBigQuery(request, response) : sendJson(response, 200, job);
};

describe('partial responses of what the gateway must see whole', () => {
  it.each<[string, unknown]>([
    ['jobReference/jobId', { jobReference: { jobId: 'mine' } }],
    ['kind,statistics(query(totalBytesBilled))', { kind: job.kind, statistics: { query: { totalBytesBilled: '10' } } }],
    ['user_email', { user_email: 'agent@acme.test' }],
    [
      '*/state',
      {
        jobReference: {},
        configuration: {},
        statistics: {},
        status: { state: 'DONE' },
        kind: job.kind,
        id: job.id,
        user_email: 'agent@acme.test',
      },
    ],
    ['nothing', {}],
  ])('%s is made here: BigQuery is asked for all, and the facts are those of all', async (fields, expected) => {
    answerJob();
    const { status, json } = await insert(fields);
    expect(status).toBe(200);
    expect(json).toEqual(expected);
    const sent = gateway.upstream.seen.find(({ body }) => !body.includes('"dryRun":true'));
    expect(sent?.url).not.toContain('fields');
    const { end } = gateway.recorder.exchanges.at(-1)!;
    expect(end?.job).toMatchObject({ jobReference: { jobId: 'mine' }, totalBytesBilled: '10' });
  });

  it('an anonymous result stays its owner’s, whatever was left out of the job', async () => {
    answerJob();
    await insert('kind');
    const stranger = await gateway.issuer.mint({ sub: 'stranger', groups: ['analysts'] });
    const answer = await gateway.send('GET', '/bigquery/v2/projects/acme/datasets/_anon/tables/result/data', { token: stranger });
    expect(answer.status).toBe(404);
  });

  it('entries of a list are judged by what the client left out too', async () => {
    const entry = (datasetId: string) => ({ id: `acme:${datasetId}`, datasetReference: { projectId: 'acme', datasetId } });
    gateway.upstream.answer = (_request, response) => sendJson(response, 200, { kind: 'k', datasets: [entry('sales'), entry('hr')] });
    const { json } = await gateway.send('GET', '/bigquery/v2/projects/acme/datasets?fields=datasets/id');
    expect(json).toEqual({ datasets: [{ id: 'acme:sales' }] });
  });

  it('is written with line breaks unless the client wants none', async () => {
    answerJob();
    expect((await insert('kind')).text).toBe('{\n  "kind": "bigquery#job"\n}\n');
    expect((await insert('kind', '&prettyPrint=false')).text).toBe('{"kind":"bigquery#job"}');
  });

  it.each(['a(b', 'a)', ',', 'a//b', 'a(b))', `a${'/a'.repeat(150)}`])(
    '%s is no selection: 400 in Google’s words, nothing sent',
    async (fields) => {
      const { status, json } = await insert(fields);
      expect(status).toBe(400);
      expect(json.error.errors[0]).toMatchObject({ reason: 'invalidParameter', location: 'fields', locationType: 'parameter' });
      expect(json.error.message).toMatch(/^Invalid field selection/);
      expect(gateway.upstream.seen.every(({ body }) => body.includes('"dryRun":true'))).toBe(true);
    },
  );

  it('errors are told whole', async () => {
    gateway.upstream.answer = (request, response) =>
      request.body.includes('"dryRun":true')
        ? answerLikeBigQuery(request, response)
        : sendJson(response, 409, { error: { code: 409, message: 'Already Exists' } });
    expect((await insert('kind')).json).toEqual({ error: { code: 409, message: 'Already Exists' } });
  });

  it('rows are selected by BigQuery, as the client asks', async () => {
    await gateway.send('GET', '/bigquery/v2/projects/acme/datasets/sales/tables/orders/data?fields=rows,pageToken');
    expect(gateway.upstream.seen.at(-1)?.url).toContain('fields=rows%2CpageToken');
  });
});
