import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportPKCS8, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealAll } from '../archive/testing/an-archive.ts';
import { openRecorder } from '../record/open-recorder.ts';
import { startTestIssuer, type TestIssuer, testAudience } from '../testing/test-issuer.ts';
import { answerLikeBigQuery, startUpstreamDouble, type UpstreamDouble } from '../testing/upstream-double.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'steno-secrets-'));
const configPath = join(directory, 'steno.yaml');
const bundlePath = join(directory, 'session.wacz');
const sealedPath = join(directory, 'sealed.wacz');
const planted = new Map<string, string>();
const logs: Buffer[] = [];
let issuer: TestIssuer;
let upstream: UpstreamDouble;
let tokenEndpoint: Server;
let gateway: ChildProcess;
let url: string;

/** A secret of its own for each place; remembered by the place's name. */
function plant(place: string): string {
  const secret = randomBytes(24).toString('hex');
  planted.set(place, secret);
  return secret;
}

beforeAll(async () => {
  [issuer, upstream] = await Promise.all([startTestIssuer(), startUpstreamDouble()]);
  upstream.answer = (request, response) => {
    response.setHeader('set-cookie', `sid=${planted.get('cookie of an answer')}`);
    response.setHeader('www-authenticate', `Bearer token="${planted.get('challenge of an answer')}"`);
    response.setHeader('authentication-info', `next="${planted.get('authentication-info of an answer')}"`);
    answerLikeBigQuery(request, response);
  };
  for (const place of ['cookie of an answer', 'challenge of an answer', 'authentication-info of an answer', 'access token of the gateway'])
    plant(place);
  tokenEndpoint = createServer((request, response) => {
    request.resume();
    response.end(
      JSON.stringify({ access_token: `ya29.${planted.get('access token of the gateway')}`, expires_in: 3600, token_type: 'Bearer' }),
    );
  });
  await new Promise<void>((resolve) => tokenEndpoint.listen(0, '127.0.0.1', resolve));
  await writeConfig();
  gateway = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'steno.ts'), 'gateway', '--config', configPath], {
    env: { ...process.env, STENO_LOG_LEVEL: 'debug' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [gateway.stdout!, gateway.stderr!]) stream.on('data', (chunk: Buffer) => logs.push(chunk));
  url = await addressInLog();
});
afterAll(async () => {
  gateway.kill('SIGKILL');
  tokenEndpoint.close();
  await Promise.all([issuer.close(), upstream.close()]);
  rmSync(directory, { recursive: true, force: true });
});

async function writeConfig(): Promise<void> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const pem = await exportPKCS8(privateKey);
  planted.set('private key of the gateway', pem.split('\n')[3]!);
  const keyFile = join(directory, 'key.json');
  const token_uri = `http://127.0.0.1:${(tokenEndpoint.address() as AddressInfo).port}/token`;
  writeFileSync(
    keyFile,
    JSON.stringify({ type: 'service_account', client_email: 'g@acme.iam.gserviceaccount.com', private_key: pem, token_uri }),
  );
  mkdirSync(join(directory, 'policy'));
  writeFileSync(
    join(directory, 'policy/p.cedar'),
    '@id("all") permit (principal in Group::"analysts", action == Action::"read", resource in Dataset::"acme.sales");',
  );
  writeFileSync(
    configPath,
    [
      'listen: 127.0.0.1:0',
      'admin: { listen: 127.0.0.1:0 }',
      'dataDirectory: ./data',
      `issuers: [{ issuer: '${issuer.issuer}', audience: '${testAudience}' }]`,
      `connections: [{ name: main, projects: [acme], endpoint: '${upstream.url}', credentials: { serviceAccountKeyFile: ${keyFile} } }]`,
      'policy: { directory: ./policy }',
    ].join('\n'),
  );
}

async function addressInLog(): Promise<string> {
  for (;;) {
    const found = /Steno gateway at (http:\/\/[\d.:]+)/.exec(Buffer.concat(logs).toString('utf8'));
    if (found !== null) return found[1]!;
    if (gateway.exitCode !== null) throw new Error(Buffer.concat(logs).toString('utf8'));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

type Sent = { readonly method?: string; readonly path: string; readonly headers?: Record<string, string>; readonly body?: string };

const send = ({ method = 'GET', path, headers = {}, body }: Sent): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const request = httpRequest({ hostname, port, method, path, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    request.once('error', reject);
    request.end(body);
  });

const datasets = '/bigquery/v2/projects/acme/datasets';
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const jwt = (secret: string): string =>
  `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify({ jti: secret })).toString('base64url')}.${secret}`;

/** Where clients, by habit or by mistake, put what nobody may keep. */
function places(token: string): readonly Sent[] {
  const bearer = { authorization: `Bearer ${token}` };
  const header = (name: string, toValue: (secret: string) => string = (secret) => secret): Sent => ({
    path: datasets,
    headers: { ...bearer, [name]: toValue(plant(`header ${name}`)) },
  });
  const parameter = (name: string): Sent => ({ path: `${datasets}?${name}=${plant(`parameter ${name}`)}`, headers: bearer });
  const credential = (place: string, toValue: (secret: string) => string): Sent => ({
    path: datasets,
    headers: { authorization: toValue(plant(place)) },
  });
  const exchange = (place: string, fields: (secret: string) => Record<string, string>): Sent => ({
    method: 'POST',
    path: '/v1/token',
    headers: form,
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', ...fields(plant(place)) }).toString(),
  });
  const idToken = 'urn:ietf:params:oauth:token-type:id_token';
  return [
    credential('opaque bearer', (secret) => `Bearer ${secret}`),
    credential('forged JWT', (secret) => `Bearer ${jwt(secret)}`),
    credential('basic', (secret) => `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`),
    credential('negotiate', (secret) => `Negotiate ${secret}`),
    credential('bearer in lower case', (secret) => `bearer ${secret}`),
    credential('no scheme', (secret) => secret),
    credential('two words', (secret) => `Bearer x ${secret}`),
    header('proxy-authorization', (secret) => `Basic ${secret}`),
    header('cookie', (secret) => `session=${secret}`),
    header('cookie2'),
    header('x-goog-api-key'),
    header('x-api-key'),
    header('x-goog-iam-authorization-token'),
    header('x-goog-iap-jwt-assertion', jwt),
    header('x-amz-security-token'),
    header('x-auth-token'),
    header('x-access-token'),
    header('x-csrf-token'),
    header('x-forwarded-access-token'),
    header('x-ms-token-aad-id-token', jwt),
    header('private-token'),
    parameter('access_token'),
    parameter('oauth_token'),
    parameter('bearer_token'),
    parameter('key'),
    parameter('ACCESS_TOKEN'),
    parameter('id_token'),
    parameter('refresh_token'),
    parameter('client_secret'),
    parameter('upload_id'),
    { path: `http://user:${plant('user of an absolute target')}@bigquery.googleapis.com${datasets}`, headers: bearer },
    exchange('subject token', (secret) => ({ subject_token: jwt(secret), subject_token_type: idToken })),
    exchange('opaque subject token', (secret) => ({ subject_token: secret, subject_token_type: idToken })),
    exchange('actor token', (secret) => ({
      subject_token: token,
      subject_token_type: idToken,
      actor_token: jwt(secret),
      actor_token_type: idToken,
    })),
    exchange('client secret', (secret) => ({ subject_token: token, subject_token_type: idToken, client_secret: secret })),
    { method: 'POST', path: '/v1/token', headers: form, body: `grant_type=refresh_token&refresh_token=${plant('refresh token')}` },
    { method: 'POST', path: '/v1/introspect', headers: form, body: `token=${plant('introspected token')}` },
    {
      method: 'POST',
      path: '/v1/introspect',
      headers: { ...form, authorization: `Basic ${plant('basic of introspection')}` },
      body: 'token=x',
    },
  ];
}

test('of forty planted secrets none is in the journal, the store, the logs or the export of a thousand exchanges', async () => {
  const token = await issuer.mint({ groups: ['analysts'], jti: plant('jti of a good token') });
  planted.set('signature of a good token', token.split('.')[2]!);
  const statuses = new Set<number>();
  for (const each of places(token)) statuses.add(await send(each));
  expect(planted.size).toBeGreaterThanOrEqual(40);
  expect([...statuses].filter((status) => status >= 500 && status !== 501)).toEqual([]);

  const bearer = { authorization: `Bearer ${token}` };
  const asks: Sent[] = [
    {
      method: 'POST',
      path: '/bigquery/v2/projects/acme/queries',
      headers: { ...bearer, ...json },
      body: JSON.stringify({ query: 'SELECT x FROM `acme.sales.orders`', useLegacySql: false }),
    },
    { path: `${datasets}/sales/tables/orders/data`, headers: bearer },
    { path: datasets, headers: { ...bearer, cookie: `session=${planted.get('header cookie')}` } },
    { path: `${datasets}/hr`, headers: bearer },
  ];
  for (let sent = 0; sent < 1_000; sent += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => send(asks[(sent + index) % asks.length]!)));
  }
  gateway.kill('SIGTERM');
  await new Promise((resolve) => gateway.once('exit', resolve));
  const exportTo = (path: string) =>
    run(process.execPath, [join(root, 'steno.ts'), 'export', 'default', '--config', configPath, '-o', path], { env: process.env });
  await exportTo(bundlePath);
  const data = join(directory, 'data');
  const haystacks = [...filesBelow(data), bundlePath].map((path) => ({ path, bytes: readFileSync(path) as Buffer }));
  const recorder = await openRecorder({ directory: data });
  await sealAll(data, recorder);
  await recorder.close();
  await exportTo(sealedPath);
  const sealed = filesBelow(data).filter((path) => !haystacks.some((each) => each.path === path));
  expect(sealed.length, 'the session went into the store').toBeGreaterThan(3);
  haystacks.push(...[...sealed, sealedPath].map((path) => ({ path, bytes: readFileSync(path) as Buffer })));
  haystacks.push({ path: 'logs', bytes: Buffer.concat(logs) });
  haystacks.push({ path: 'members of the export out of the store', bytes: openedMembers(sealedPath) });
  haystacks.push({ path: 'members of the export', bytes: openedMembers(bundlePath) });
  expect(haystacks.at(-2)!.bytes.length, 'the export out of the store was opened').toBeGreaterThan(100_000);
  expect(haystacks.at(-1)!.bytes.length, 'the export was opened').toBeGreaterThan(100_000);
  expect(
    haystacks.filter(({ bytes }) => bytes.includes('acme.sales.orders')).map(({ path }) => path.split('/').at(-1)),
    'what is no secret is kept',
  ).toContain('members of the export');
  expect(Buffer.concat(logs).toString('utf8'), 'the log says who').toContain('"subject":"agent-1"');
  const found = [...planted].flatMap(([place, secret]) =>
    haystacks.filter(({ bytes }) => spellings(secret).some((each) => bytes.includes(each))).map(({ path }) => `${place}: in ${path}`),
  );
  expect(found).toEqual([]);
}, 240_000);

const spellings = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
];

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((each) => statSync(each).isFile());
}

/** Every member of the bundle, gzip undone, by other software than ours. */
const openedMembers = (path: string): Buffer => {
  const script = `
import gzip, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as bundle:
    for name in bundle.namelist():
        data = bundle.read(name)
        sys.stdout.buffer.write(gzip.decompress(data) if name.endswith('.gz') else data)`;
  return execFileSync('python3', ['-c', script, path], { maxBuffer: 2 ** 30 });
};
