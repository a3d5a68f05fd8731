import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const run = promisify(execFile);
let gateway: TestGateway;
let credentialFile: string;

beforeAll(async () => {
  gateway = await startTestGateway({
    policy: `@id("analysts") permit (principal in Group::"analysts", action in [Action::"read", Action::"write", Action::"load"], resource in Dataset::"acme.sales");`,
  });
  writeFileSync(join(gateway.directory, 'oidc.jwt'), await gateway.issuer.mint({ groups: ['analysts'], email: 'agent@acme.test' }));
  credentialFile = join(gateway.directory, 'credential.json');
  writeFileSync(
    credentialFile,
    JSON.stringify({
      type: 'external_account',
      audience: '//gateway.test/oidc/dev?session=ticket-123',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      token_url: `${gateway.url}/v1/token`,
      token_info_url: `${gateway.url}/v1/introspect`,
      credential_source: { file: join(gateway.directory, 'oidc.jwt') },
      quota_project_id: 'acme',
    }),
  );
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.recorder.exchanges.length = 0;
  gateway.upstream.seen.length = 0;
});

type Outcome = { value?: unknown; error?: { code: number; message: string; errors: { reason: string; message: string }[] } };

async function client(packageName: string, step: string): Promise<Outcome> {
  const env = {
    PATH: process.env['PATH'],
    BIGQUERY_EMULATOR_HOST: gateway.url,
    GOOGLE_APPLICATION_CREDENTIALS: credentialFile,
    GOOGLE_CLOUD_PROJECT: 'acme',
    WORK_DIRECTORY: gateway.directory,
  };
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'testing/bigquery-client.ts'), packageName, step], {
    env,
    timeout: 25_000,
  });
  return JSON.parse(stdout) as Outcome;
}

/** With BigQuery's methods: not the gateway's own dry runs, nor the exchange of the token. */
const exchanges = () =>
  gateway.recorder.exchanges.filter(({ intent }) => intent.client.door !== 'gateway' && intent.methodId?.startsWith('bigquery.'));

test.each(['@google-cloud/bigquery', '@google-cloud/bigquery-8'])('%s: a query, with environment variables only', async (name) => {
  expect(await client(name, 'query')).toEqual({ value: [{ x: 1 }] });
  const [exchange] = exchanges();
  expect(exchange!.intent).toMatchObject({ methodId: 'bigquery.jobs.query', principal: { subject: 'agent-1', email: 'agent@acme.test' } });
  expect(gateway.recorder.sessions.get(exchange!.intent.sessionId)).toMatchObject({ name: 'ticket-123' });
});

test.each(['@google-cloud/bigquery', '@google-cloud/bigquery-8'])('%s: a denial is shown verbatim, after one request', async (name) => {
  const { error } = await client(name, 'denied');
  const { exchangeId } = exchanges()[0]!.intent;
  expect(error).toMatchObject({ code: 403, errors: [{ reason: 'accessDenied' }] });
  expect(error!.message).toContain(
    `Access Denied: Table acme:hr.salaries: No rule permits you to read table acme.hr.salaries. Nothing is allowed that no rule permits. Exchange ${exchangeId}`,
  );
  expect(exchanges()).toHaveLength(1);
  expect(gateway.upstream.seen).toEqual([]);
});

test('a job with its own id: made, polled, read; the account behind the gateway stays unseen', async () => {
  const { value, error } = await client('@google-cloud/bigquery', 'job');
  expect(error).toBeUndefined();
  expect(value).toMatchObject({ rows: [{ x: 1 }], user: 'agent@acme.test' });
  expect(exchanges().map(({ intent }) => intent.methodId)).toEqual([
    'bigquery.jobs.insert',
    'bigquery.jobs.getQueryResults',
    'bigquery.jobs.get',
  ]);
  expect(exchanges()[0]!.intent.job).toMatchObject({ projectId: 'acme', jobId: (value as { jobId: string }).jobId });
});

test("a client's own dry run passes policy and makes no job", async () => {
  expect(await client('@google-cloud/bigquery', 'dryRun')).toEqual({ value: '8' });
  expect(exchanges()[0]!.intent.statement).toMatchObject({ dryRun: true });
});

test('a load of a local file: configuration judged, media streamed and recorded', async () => {
  expect(await client('@google-cloud/bigquery', 'load')).toEqual({ value: 'DONE' });
  const [exchange] = exchanges();
  expect(exchange!.intent).toMatchObject({ methodId: 'bigquery.jobs.insert', decision: { effect: 'allow' } });
  expect(exchange!.requestBody.toString()).toContain('{"x":1}\n{"x":2}\n');
  expect(gateway.upstream.seen[0]!.body).toContain('{"x":1}\n{"x":2}\n');
  expect(gateway.upstream.seen[0]!.body).toContain('steno_session');
});

test('streaming inserts', async () => {
  expect(await client('@google-cloud/bigquery', 'insert')).toHaveProperty('value');
  expect(exchanges()[0]!.intent).toMatchObject({ methodId: 'bigquery.tabledata.insertAll' });
});
