import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';
import { createSandbox, type Sandbox } from '../shared/sandbox/create-sandbox.ts';
import { initCertificateAuthority } from './doors/certificate-authority.ts';
import { ConfigRefused, type RunningGateway, startGateway } from './main.ts';
import type { Json } from './testing/start-test-gateway.ts';

const audience = 'https://gateway.test';
let directory: string;
let configPath: string;
let sandbox: Sandbox;
let issuer: Issuer;
let gateway: RunningGateway;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'steno-main-'));
  mkdirSync(join(directory, 'policy'));
  writeFileSync(
    join(directory, 'policy', 'shop.cedar'),
    `@id("owners") permit (principal in Group::"owners", action, resource in Project::"acme");
     @id("analysts") permit (principal in Group::"analysts", action == Action::"read", resource in Dataset::"acme.shop");`,
  );
  [sandbox, issuer] = await Promise.all([createSandbox(), startIssuer()]);
  const endpoint = await sandbox.listen({ host: '127.0.0.1', port: 0 });
  configPath = join(directory, 'steno.yaml');
  writeFileSync(
    configPath,
    `
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
proxy: { listen: 127.0.0.1:0, certificateAuthority: ./ca }
dataDirectory: ./data
policy: { directory: ./policy }
issuers: [{ issuer: '${issuer.issuer}', audience: '${audience}' }]
connections: [{ name: sandbox, projects: [acme], endpoint: '${endpoint}', credentials: none }]
`,
  );
  await initCertificateAuthority(join(directory, 'ca'), ['googleapis.com']);
  gateway = await startGateway(configPath);
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([sandbox.close(), issuer.close()]);
  rmSync(directory, { recursive: true, force: true });
});

async function as(subject: string, group: string, method: string, path: string, body?: unknown): Promise<{ status: number; json: Json }> {
  const token = await issuer.mint({ subject, audience, claims: { groups: [group] } });
  const response = await fetch(`${gateway.url}/bigquery/v2/projects/acme/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

const query = (subject: string, group: string, sql: string) => as(subject, group, 'POST', 'queries', { query: sql, useLegacySql: false });
const adminToken = () => readFileSync(join(directory, 'data', 'admin-token'), 'utf8').trim();
const admin = (path: string, token = adminToken(), method = 'GET') =>
  fetch(gateway.adminUrl + path, { method, headers: { authorization: `Bearer ${token}` } });

test('owners make tables, analysts read what they may, each their own jobs', async () => {
  expect((await as('owner', 'owners', 'POST', 'datasets', { datasetReference: { datasetId: 'shop', projectId: 'acme' } })).status).toBe(
    200,
  );
  expect((await as('owner', 'owners', 'POST', 'datasets', { datasetReference: { datasetId: 'hr', projectId: 'acme' } })).status).toBe(200);
  expect(
    (await query('owner', 'owners', 'CREATE TABLE `acme.shop.orders` AS SELECT 1 AS id, 9.5 AS price UNION ALL SELECT 2, 20')).json,
  ).toMatchObject({ jobComplete: true });
  expect((await query('owner', 'owners', 'CREATE TABLE `acme.hr.salaries` AS SELECT 100 AS salary')).status).toBe(200);

  const read = await query('agent', 'analysts', 'SELECT id FROM `acme.shop.orders` ORDER BY id');
  expect(read).toMatchObject({ status: 200, json: { rows: [{ f: [{ v: '1' }] }, { f: [{ v: '2' }] }] } });
  const { jobId } = read.json.jobReference;
  expect((await as('agent', 'analysts', 'GET', `queries/${jobId}`)).json.totalRows).toBe('2');
  expect(await as('other', 'analysts', 'GET', `queries/${jobId}`)).toMatchObject({
    status: 404,
    json: { error: { message: `Not found: Job acme:${jobId}` } },
  });
  expect((await as('other', 'analysts', 'GET', `jobs/${jobId}`)).status).toBe(404);
  expect((await as('other', 'analysts', 'POST', `jobs/${jobId}/cancel`)).status).toBe(404);
  expect((await as('agent', 'analysts', 'GET', `jobs/${jobId}`)).json).toMatchObject({
    user_email: 'agent',
    configuration: { labels: { steno_session: expect.any(String) } },
  });
  expect((await as('other', 'analysts', 'GET', 'jobs')).json.jobs ?? []).toEqual([]);
  expect((await as('agent', 'analysts', 'GET', 'jobs')).json.jobs).toHaveLength(1);

  expect((await query('agent', 'analysts', 'SELECT * FROM `acme.hr.salaries`')).status).toBe(403);
});

test('the anonymous table of a result is its owner’s only', async () => {
  const { json } = await query('agent', 'analysts', 'SELECT price FROM `acme.shop.orders`');
  const job = await as('agent', 'analysts', 'GET', `jobs/${json.jobReference.jobId}`);
  const { datasetId, tableId } = job.json.configuration.query.destinationTable;
  expect(datasetId).toMatch(/^_/);
  expect((await as('agent', 'analysts', 'GET', `datasets/${datasetId}/tables/${tableId}/data`)).json.totalRows).toBe('2');
  expect((await as('other', 'analysts', 'GET', `datasets/${datasetId}/tables/${tableId}/data`)).status).toBe(404);
});

test('lists show what the principal reaches', async () => {
  const names = (answer: { json: Json }) => (answer.json.datasets ?? []).map((each: Json) => each.datasetReference.datasetId).sort();
  expect(names(await as('owner', 'owners', 'GET', 'datasets'))).toEqual(['hr', 'shop']);
  expect(names(await as('agent', 'analysts', 'GET', 'datasets'))).toEqual(['shop']);
  expect((await as('agent', 'analysts', 'GET', 'datasets/hr/tables')).status).toBe(403);
  expect((await as('agent', 'analysts', 'GET', 'datasets/shop/tables')).json.tables).toHaveLength(1);
});

test('a view over a table that is denied is denied', async () => {
  expect((await query('owner', 'owners', 'CREATE VIEW `acme.shop.everything` AS SELECT salary FROM `acme.hr.salaries`')).status).toBe(200);
  expect((await query('agent', 'analysts', 'SELECT * FROM `acme.shop.everything`')).json.error.message).toContain('Table acme:hr.salaries');
});

test.each(['@google-cloud/bigquery', '@google-cloud/bigquery-8'])(
  '%s works unchanged, told by environment variables only',
  async (name) => {
    const token = await issuer.mint({ subject: 'client', audience, claims: { groups: ['analysts'] } });
    writeFileSync(join(directory, 'oidc.jwt'), token);
    const credential = join(directory, 'credential.json');
    writeFileSync(
      credential,
      JSON.stringify({
        type: 'external_account',
        audience: '//gateway.test/oidc/dev?session=nightly',
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        token_url: `${gateway.url}/v1/token`,
        credential_source: { file: join(directory, 'oidc.jwt') },
      }),
    );
    const client = async (step: string): Promise<Json> => {
      const env = {
        PATH: process.env['PATH'],
        BIGQUERY_EMULATOR_HOST: gateway.url,
        GOOGLE_APPLICATION_CREDENTIALS: credential,
        GOOGLE_CLOUD_PROJECT: 'acme',
        DATASET: 'shop',
        COLUMN: 'id',
      };
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(import.meta.dirname, 'testing/bigquery-client.ts'), name, step],
        { env },
      );
      return JSON.parse(stdout);
    };
    expect(await client('query')).toEqual({ value: [{ id: 1 }, { id: 2 }] });
    expect(await client('job')).toMatchObject({ value: { rows: [{ id: 1 }], user: 'client' } });
    expect(await client('dryRun')).toMatchObject({ value: expect.stringMatching(/^\d+$/) });
    expect(await client('datasets')).toEqual({ value: ['shop'] });
    expect(await client('denied')).toMatchObject({ error: { code: 403, errors: [{ reason: 'accessDenied' }] } });
  },
);

test('through the proxy door, under Google’s own names, the same stages', async () => {
  const token = await issuer.mint({ subject: 'agent', audience, claims: { groups: ['analysts'] } });
  const curl = (...words: string[]) =>
    promisify(execFile)('curl', [
      '-sS',
      '--max-time',
      '10',
      '--proxy',
      gateway.proxyUrl!,
      '--cacert',
      join(directory, 'ca', 'ca.crt'),
      ...words,
    ]);
  const api = 'https://bigquery.googleapis.com/bigquery/v2/projects/acme';
  const { stdout } = await curl('-H', `authorization: Bearer ${token}`, `${api}/datasets`);
  expect(JSON.parse(stdout).datasets.map((each: Json) => each.datasetReference.datasetId)).toEqual(['shop']);
  expect(JSON.parse((await curl(`${api}/datasets`)).stdout)).toMatchObject({ error: { code: 401 } });
  const exchanged = await curl(
    '-d',
    `grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token_type=urn:ietf:params:oauth:token-type:jwt&subject_token=${token}`,
    'https://sts.googleapis.com/v1/token',
  );
  expect(JSON.parse(exchanged.stdout)).toMatchObject({ token_type: 'Bearer' });
  const discovery = JSON.parse((await curl('https://bigquery.googleapis.com/$discovery/rest?version=v2')).stdout);
  expect(discovery.rootUrl).toBe('https://bigquery.googleapis.com/');
  await expect(curl('https://storage.googleapis.com/')).rejects.toThrow('403');
});

test('health, readiness, metrics and sessions on the admin listener', async () => {
  expect(await (await fetch(`${gateway.adminUrl}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${gateway.adminUrl}/readyz`)).json()).toEqual({ ready: true, reasons: [], alarms: [] });
  expect(await (await fetch(`${gateway.adminUrl}/metrics`)).text()).toMatch(
    /steno_exchanges_total\{method="bigquery.jobs.query",outcome="answered",status="200"\} \d+/,
  );
  expect((await fetch(`${gateway.adminUrl}/admin/sessions`)).status).toBe(401);
  expect((await admin('/admin/sessions', 'wrong')).status).toBe(401);
  expect(statSync(join(directory, 'data', 'admin-token')).mode & 0o777).toBe(0o600);
  const { sessions } = (await (await admin('/admin/sessions')).json()) as { sessions: Json[] };
  expect(sessions.map(({ subject, name }) => `${subject} ${name}`).sort()).toEqual([
    'agent default',
    'client nightly',
    'other default',
    'owner default',
    'unauthenticated unauthenticated',
  ]);
  const other = sessions.find(({ subject }) => subject === 'other');
  expect((await admin(`/admin/sessions/${other.sessionId}/close`, undefined, 'POST')).status).toBe(200);
  expect((await admin(`/admin/sessions/${other.sessionId}/close`, undefined, 'POST')).status).toBe(404);
});

test('a restart remembers whose job it is, and begins a session of the same name', async () => {
  const { json } = await query('agent', 'analysts', 'SELECT id FROM `acme.shop.orders`');
  const agentSession = async (): Promise<Json> => {
    const { sessions } = (await (await admin('/admin/sessions')).json()) as { sessions: Json[] };
    return sessions.find(({ subject }) => subject === 'agent');
  };
  const before = await agentSession();
  await gateway.close();
  gateway = await startGateway(configPath);
  expect((await as('agent', 'analysts', 'GET', `queries/${json.jobReference.jobId}`)).status).toBe(200);
  expect((await as('other', 'analysts', 'GET', `queries/${json.jobReference.jobId}`)).status).toBe(404);
  expect(await agentSession()).toMatchObject({ name: before.name, sessionId: expect.not.stringMatching(before.sessionId) });
});

test('a policy that changes is in force without a restart; an invalid one leaves the last good, and says so', async () => {
  const path = join(directory, 'policy', 'shop.cedar');
  const good = readFileSync(path, 'utf8');
  // However slow the machine is: the test's own time limit ends it.
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const sql = 'SELECT id FROM `acme.shop.orders`';
  const { json } = await query('agent', 'analysts', sql);
  writeFileSync(
    path,
    `${good}\n@id("closed") @reason("The shop is closed") forbid (principal in Group::"analysts", action, resource in Dataset::"acme.shop");`,
  );
  await until(async () => (await query('agent', 'analysts', sql)).status === 403);
  // A right withdrawn ends the reading of results made before.
  expect((await as('agent', 'analysts', 'GET', `queries/${json.jobReference.jobId}`)).json.error.message).toContain(
    'The shop is closed. Rule "closed"',
  );
  writeFileSync(path, 'permit (principal, action, resouce);');
  const readiness = async (): Promise<Json> => (await fetch(`${gateway.adminUrl}/readyz`)).json();
  await until(async () => (await readiness()).alarms.length > 0);
  expect(await readiness()).toMatchObject({ ready: true, alarms: [expect.stringContaining('the last good policy stays in force')] });
  expect((await query('agent', 'analysts', sql)).status).toBe(403);
  writeFileSync(path, good);
  await until(async () => (await query('agent', 'analysts', sql)).status === 200);
  expect((await readiness()).alarms).toEqual([]);
}, 120_000);

test('a configuration with mistakes starts nothing and names them all', async () => {
  const path = join(directory, 'broken.yaml');
  writeFileSync(path, 'listen: 1\ndataDirectory: x\n');
  const refused = await startGateway(path).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConfigRefused);
  expect((refused as ConfigRefused).mistakes.map((each) => each.path)).toEqual(['listen', 'issuers', 'connections', 'policy']);
});

test('a policy or a key that cannot be used is a mistake of the configuration too', async () => {
  mkdirSync(join(directory, 'bad-policy'));
  writeFileSync(join(directory, 'bad-policy', 'x.cedar'), 'permit (principal, action == Action::"fly", resource);');
  const path = join(directory, 'unusable.yaml');
  const good = readFileSync(configPath, 'utf8');
  writeFileSync(
    path,
    good.replace('./policy', './bad-policy').replace('credentials: none', 'credentials: { serviceAccountKeyFile: no-such.json }'),
  );
  const refused = await startGateway(path).catch((error: unknown) => error);
  expect((refused as ConfigRefused).mistakes).toEqual([
    { path: expect.stringContaining('policy'), message: expect.stringContaining('fly') },
    { path: 'connection sandbox', message: expect.stringContaining('no-such.json cannot be used') },
  ]);
});
