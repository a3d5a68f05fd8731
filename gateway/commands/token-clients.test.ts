// Real clients, told by a credential file or the metadata server alone where their token comes from.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../fixtures/free-port.ts';
import { startPeopleIssuer } from '../../fixtures/people-issuer.ts';
import { Browser } from '../testing/browser.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { createMetadataShim } from './metadata-shim.ts';

const steno = join(import.meta.dirname, '../../steno.ts');
const clientScript = join(import.meta.dirname, '../testing/bigquery-client.ts');
const run = promisify(execFile);
let gateway: TestGateway;
let directory: string;
let sidecar: Server;

beforeAll(async () => {
  gateway = await startTestGateway();
  directory = mkdtempSync(join(tmpdir(), 'steno-token-clients-'));
  writeFileSync(join(directory, 'oidc.jwt'), await gateway.issuer.mint({ groups: ['analysts'] }));
  sidecar = createServer((_request, response) =>
    response.end(JSON.stringify({ value: readFileSync(join(directory, 'oidc.jwt'), 'utf8') })),
  );
  await new Promise<void>((resolve) => sidecar.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  sidecar.close();
  await gateway.close();
  rmSync(directory, { recursive: true });
});

async function query(packageName: string, environment: Record<string, string>): Promise<unknown> {
  const { GOOGLE_APPLICATION_CREDENTIALS: _, ...inherited } = process.env;
  const env = { ...inherited, BIGQUERY_EMULATOR_HOST: gateway.url, GOOGLE_CLOUD_PROJECT: 'acme-prod', ...environment };
  return JSON.parse((await run(process.execPath, [clientScript, packageName, 'query'], { env })).stdout);
}

function withCredential(source: unknown): string {
  const path = join(directory, 'credential.json');
  const credential = {
    type: 'external_account',
    audience: '//gateway.test/oidc/dev?session=nightly',
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    token_url: `${gateway.url}/v1/token`,
    token_info_url: `${gateway.url}/v1/introspect`,
    credential_source: source,
    quota_project_id: 'acme-prod',
  };
  writeFileSync(path, JSON.stringify(credential));
  return path;
}

describe.each(['@google-cloud/bigquery', '@google-cloud/bigquery-8'])('%s', (packageName) => {
  test.each<[string, () => unknown]>([
    ['file', () => ({ file: join(directory, 'oidc.jwt') })],
    [
      'url',
      () => ({
        url: `http://127.0.0.1:${(sidecar.address() as AddressInfo).port}/`,
        format: { type: 'json', subject_token_field_name: 'value' },
      }),
    ],
    [
      'executable',
      () => ({
        executable: { command: `${process.execPath} ${steno} token --file ${join(directory, 'oidc.jwt')}`, timeout_millis: 20_000 },
      }),
    ],
  ])('external_account with a source of type %s', async (_, source) => {
    const environment = { GOOGLE_APPLICATION_CREDENTIALS: withCredential(source()), GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1' };
    expect(await query(packageName, environment)).toEqual({ value: [{ x: 1 }] });
    const { intent } = gateway.recorder.exchanges.at(-1)!;
    expect(gateway.recorder.sessions.get(intent.sessionId)).toMatchObject({ name: 'nightly' });
  });

  test('no file at all: the metadata shim', async () => {
    const port = await freePort();
    const args = [
      steno,
      'metadata',
      '--gateway',
      gateway.url,
      '--project',
      'acme-prod',
      '--file',
      join(directory, 'oidc.jwt'),
      '--port',
      String(port),
      '--session',
      'vm',
    ];
    const shim = await startUntilReady(args);
    try {
      // The emulator variable makes version 9 name its quota project alone.
      const environment = {
        GCE_METADATA_HOST: `127.0.0.1:${port}`,
        METADATA_SERVER_DETECTION: 'assume-present',
        GOOGLE_CLOUD_QUOTA_PROJECT: 'acme-prod',
        HOME: directory,
      };
      expect(await query(packageName, environment)).toEqual({ value: [{ x: 1 }] });
      const { intent } = gateway.recorder.exchanges.at(-1)!;
      expect(gateway.recorder.sessions.get(intent.sessionId)).toMatchObject({ name: 'vm' });
    } finally {
      shim.kill();
    }
  });
});

const bundledPython = '/usr/lib/google-cloud-sdk/lib/third_party';
const pythonScript = `
import sys
sys.path[:0] = ['${bundledPython}', '/usr/lib/google-cloud-sdk/lib']
import google.auth, google.auth.transport.requests
credentials, project = google.auth.default(scopes=['https://www.googleapis.com/auth/bigquery'])
credentials.refresh(google.auth.transport.requests.Request())
print(project, credentials.token)
`;

describe.skipIf(!existsSync(join(bundledPython, 'google/auth')))('Python’s google-auth, as gcloud brings it', () => {
  const tokenOf = async (environment: Record<string, string>): Promise<[project: string, subject: string, session: string]> => {
    const env = { PATH: process.env['PATH'], HOME: directory, ...environment };
    const [project, token] = (await run('python3', ['-c', pythonScript], { env })).stdout.trim().split(' ');
    const { principal } = await gateway.stages.tokens.verify(token!);
    return [project!, principal.subject, principal.sessionName!];
  };

  test('external_account with an executable source', async () => {
    const source = {
      executable: { command: `${process.execPath} ${steno} token --file ${join(directory, 'oidc.jwt')}`, timeout_millis: 20_000 },
    };
    const environment = { GOOGLE_APPLICATION_CREDENTIALS: withCredential(source), GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1' };
    expect(await tokenOf(environment)).toEqual(['None', 'agent-1', 'nightly']);
  });

  test('the metadata shim', async () => {
    const port = await freePort();
    const args = [
      steno,
      'metadata',
      '--gateway',
      gateway.url,
      '--project',
      'acme-prod',
      '--file',
      join(directory, 'oidc.jwt'),
      '--port',
      String(port),
      '--session',
      'vm',
    ];
    const shim = await startUntilReady(args);
    const host = `127.0.0.1:${port}`;
    expect(await tokenOf({ GCE_METADATA_HOST: host, GCE_METADATA_IP: host })).toEqual(['acme-prod', 'agent-1', 'vm']);
    shim.kill();
  });
});

test('what went wrong at the source reaches the user of the client', async () => {
  const source = { executable: { command: `${process.execPath} ${steno} token --file ${directory}/missing`, timeout_millis: 20_000 } };
  const environment = { GOOGLE_APPLICATION_CREDENTIALS: withCredential(source), GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1' };
  expect(await query('@google-cloud/bigquery', environment)).toMatchObject({
    error: { message: expect.stringContaining('cannot be read (ENOENT)') },
  });
});

test('steno login keeps a login; steno token --login refreshes it, many at once', { timeout: 60_000 }, async () => {
  const idp = await startPeopleIssuer({ redirectUris: ['http://127.0.0.1/never'], idTokenSeconds: 60 });
  const env = { ...process.env, XDG_CONFIG_HOME: directory };
  const login = spawn(process.execPath, [steno, 'login', '--issuer', idp.issuer, '--client-id', 'steno-cli'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const address = await new Promise<string>((resolve) =>
    login.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /^ {2}(http\S+)/m.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    }),
  );
  expect((await new Browser().get(address)).text).toContain('You are signed in');
  expect(await new Promise((resolve) => login.once('exit', resolve))).toBe(0);
  expect(said).toContain('Signed in as');
  const tokens = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, [steno, 'token', '--login', '--raw'], { env })));
  for (const { stdout } of tokens) {
    const claims = JSON.parse(Buffer.from(stdout.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({ iss: idp.issuer, aud: 'steno-cli', sub: 'ada' });
  }
  await run(process.execPath, [steno, 'logout'], { env });
  const { stdout } = await run(process.execPath, [steno, 'token', '--login'], { env });
  expect(JSON.parse(stdout)).toMatchObject({ success: false, message: expect.stringContaining('steno login') });
  await idp.close();
});

test('steno login --device: the code is entered on another device, and only then is there a login', { timeout: 60_000 }, async () => {
  const idp = await startPeopleIssuer({ redirectUris: ['http://127.0.0.1/never'] });
  const env = { ...process.env, XDG_CONFIG_HOME: join(directory, 'device') };
  const { address, code, said, ended } = await beginOnDevice(idp.issuer, env);
  const nobodyYet = await run(process.execPath, [steno, 'token', '--login'], { env });
  expect(JSON.parse(nobodyYet.stdout)).toMatchObject({ success: false, message: expect.stringContaining('Nobody is signed in here') });

  // On the other device: the form takes the code, another confirms it, the person signs in and agrees.
  const phone = new Browser();
  const wrong = await phone.submit(await phone.get(address), '/device', { user_code: 'WRNG-CODE' });
  expect(wrong.text).toContain('code you entered is incorrect');
  const asked = await phone.submit(await phone.get(address), '/device', { user_code: code });
  const done = await phone.submit(asked, '/device', { confirm: 'yes' });
  expect(done.text).toContain('Sign-in Success');
  expect(await ended).toBe(0);
  expect(said()).toContain('Signed in as');
  const { stdout } = await run(process.execPath, [steno, 'token', '--login', '--raw'], { env });
  const claims = JSON.parse(Buffer.from(stdout.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
  expect(claims).toMatchObject({ iss: idp.issuer, aud: 'steno-cli', sub: 'ada' });
  await idp.close();
});

test('steno login --device: who declines on the other device leaves no login behind', { timeout: 60_000 }, async () => {
  const idp = await startPeopleIssuer({ redirectUris: ['http://127.0.0.1/never'] });
  const env = { ...process.env, XDG_CONFIG_HOME: join(directory, 'declined') };
  const { address, code, said, ended } = await beginOnDevice(idp.issuer, env);
  const phone = new Browser();
  await phone.submit(await phone.submit(await phone.get(address), '/device', { user_code: code }), '/device', { abort: 'yes' });
  expect(await ended).not.toBe(0);
  expect(said()).toContain('declined on the other device: run "steno login --device" again');
  expect(existsSync(join(directory, 'declined/steno/logins'))).toBe(false);
  await idp.close();
});

describe('the metadata shim', () => {
  const facts = { email: 'bot@acme.test', projectId: 'acme-prod', universeDomain: 'googleapis.com' };
  const token = async () => ({ token: 'access', expiresAt: Date.now() + 3_600_000 });
  const app = createMetadataShim({ ...facts, token });
  const get = (url: string, headers: Record<string, string> = { 'metadata-flavor': 'Google' }) =>
    app.inject({ url, headers: { host: '127.0.0.1:80', ...headers } });
  afterAll(() => app.close());

  test.each<[string, unknown]>([
    ['/computeMetadata/v1/project/project-id', 'acme-prod'],
    ['/computeMetadata/v1/universe/universe-domain', 'googleapis.com'],
    ['/computeMetadata/v1/instance/service-accounts/default/email', 'bot@acme.test'],
    ['/computeMetadata/v1/instance/service-accounts/', 'bot@acme.test/\ndefault/\n'],
    ['/computeMetadata/v1/instance/service-accounts/default/aliases', 'default\n'],
  ])('%s', async (url, expected) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.body, answer.headers['metadata-flavor']]).toEqual([200, expected, 'Google']);
  });

  test('a token, the account, its scopes', async () => {
    expect((await get('/computeMetadata/v1/instance/service-accounts/default/token?scopes=x')).json()).toEqual({
      access_token: 'access',
      expires_in: expect.any(Number),
      token_type: 'Bearer',
    });
    expect((await get('/computeMetadata/v1/instance/service-accounts/default/?recursive=true')).json()).toMatchObject({
      aliases: ['default'],
      email: 'bot@acme.test',
      scopes: expect.arrayContaining(['https://www.googleapis.com/auth/bigquery']),
    });
  });

  test.each<[string, Record<string, string>]>([
    ['without the flavor', {}],
    ['with another flavor', { 'metadata-flavor': 'google' }],
    ['forwarded', { 'metadata-flavor': 'Google', 'x-forwarded-for': '10.0.0.1' }],
    ['under another name (DNS rebinding)', { 'metadata-flavor': 'Google', host: 'attacker.example' }],
    ['under a name that begins like ours', { 'metadata-flavor': 'Google', host: '127.0.0.1.attacker.example' }],
  ])('%s → 403', async (_, headers) => {
    expect((await get('/computeMetadata/v1/instance/service-accounts/default/token', headers)).statusCode).toBe(403);
  });

  test('what it does not offer is 404; a token that cannot be had is 503 with the reason', async () => {
    expect((await get('/computeMetadata/v1/instance/service-accounts/default/identity?audience=x')).statusCode).toBe(404);
    expect((await get('/computeMetadata/v1/instance/attributes/ssh-keys')).statusCode).toBe(404);
    const broken = createMetadataShim({ ...facts, token: () => Promise.reject(new Error('the file is gone')) });
    const answer = await broken.inject({
      url: '/computeMetadata/v1/instance/service-accounts/default/token',
      headers: { host: 'localhost', 'metadata-flavor': 'Google' },
    });
    expect([answer.statusCode, answer.body]).toEqual([503, 'the file is gone']);
    await broken.close();
  });
});

function startUntilReady(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => text.includes('GCE_METADATA_HOST') && resolve(child));
    child.once('exit', (code) => reject(new Error(`the shim ended with ${code}`)));
  });
}

/** `said`: what the command printed so far; `ended`: its exit code. */
async function beginOnDevice(issuer: string, env: NodeJS.ProcessEnv) {
  const args = [steno, 'login', '--device', '--issuer', issuer, '--client-id', 'steno-cli'];
  const login = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => login.once('exit', resolve));
  let said = '';
  const [address, code] = await new Promise<[string, string]>((resolve) =>
    login.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /^Open (\S+) on any device and enter the code (\S+)$/m.exec(said);
      if (found !== null) resolve([found[1]!, found[2]!]);
    }),
  );
  return { address, code, ended, said: () => said };
}
