import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { printToken, toAnswer } from './token.ts';
import { toTokenSource } from './token-source.ts';

const exp = Math.floor(Date.now() / 1000) + 600;
const jwtOf = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const jwt = jwtOf({ exp });
const good = { version: 1, success: true, token_type: 'urn:ietf:params:oauth:token-type:id_token', id_token: jwt, expiration_time: exp };
let directory: string;
let server: Server;
let base: string;
let asked: { url: string; headers: IncomingHttpHeaders }[];
let answer: { status: number; body: string };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'steno-token-'));
  writeFileSync(join(directory, 'token'), `${jwt}\n`);
  server = createServer((request, response) => {
    asked.push({ url: String(request.url), headers: request.headers });
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked = [];
  answer = { status: 200, body: jwt };
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

const github = (): Record<string, string> => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `${base}/idtoken?api-version=2`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner-secret',
});

test('a file', async () => expect(await toAnswer({ file: join(directory, 'token') }, {})).toEqual(good));
test('a variable', async () => expect(await toAnswer({ env: 'MY_TOKEN' }, { MY_TOKEN: jwt })).toEqual(good));

test('an address, with headers and a field of its JSON', async () => {
  expect(await toAnswer({ url: `${base}/plain` }, {})).toEqual(good);
  answer.body = JSON.stringify({ token: jwt });
  expect(await toAnswer({ url: `${base}/json`, field: 'token', header: ['X-Key: a: b'] }, {})).toEqual(good);
  expect(asked.at(-1)!.headers['x-key']).toBe('a: b');
});

test('GitHub Actions, asked for or recognised', async () => {
  answer.body = JSON.stringify({ value: jwt, count: 1 });
  expect(await toAnswer({ github: true, audience: 'https://gw.example' }, github())).toEqual(good);
  expect(await toAnswer({ audience: 'https://gw.example' }, github())).toEqual(good);
  expect(asked.at(-1)).toMatchObject({
    url: '/idtoken?api-version=2&audience=https%3A%2F%2Fgw.example',
    headers: { authorization: 'Bearer runner-secret' },
  });
});

test('the type that the client asked for is the one it is told', async () => {
  const environment = { MY_TOKEN: jwt, GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: 'urn:ietf:params:oauth:token-type:jwt' };
  expect(await toAnswer({ env: 'MY_TOKEN' }, environment)).toMatchObject({ token_type: 'urn:ietf:params:oauth:token-type:jwt' });
});

test.each<[string, Parameters<typeof toAnswer>[0], Record<string, string>, string]>([
  ['no source', {}, {}, 'Say where the token comes from'],
  ['two sources', { file: 'a', env: 'B' }, {}, 'not several'],
  ['a file that is not there', { file: '/nowhere/token' }, {}, 'cannot be read (ENOENT)'],
  ['a variable that is not set', { env: 'MISSING' }, {}, 'MISSING is not set'],
  ['an empty variable', { env: 'EMPTY' }, { EMPTY: ' \n' }, 'is empty'],
  ['an address nobody serves', { url: 'http://127.0.0.1:1/x?secret=1' }, {}, 'cannot be reached'],
  ['GitHub without the permission', { github: true, audience: 'a' }, {}, 'id-token: write'],
  [
    'GitHub without an audience',
    { github: true },
    { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://x', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'y' },
    '--audience',
  ],
  ['an opaque token', { env: 'T' }, { T: 'opaque' }, 'no JWT with an expiry'],
  ['a token without expiry', { env: 'T' }, { T: jwtOf({ sub: 'x' }) }, 'no JWT with an expiry'],
  ['an expired token', { env: 'T' }, { T: jwtOf({ exp: 1 }) }, 'expired'],
  ['a header that is none', { url: 'http://127.0.0.1:1', header: ['nonsense'] }, {}, '--header must be'],
])('%s: the answer says so, with the remedy', async (_, options, environment, message) => {
  const failed = await toAnswer(options, environment);
  expect(failed).toMatchObject({
    version: 1,
    success: false,
    code: expect.stringMatching(/^[A-Z_]+$/),
    message: expect.stringContaining(message),
  });
  expect(JSON.stringify(failed)).not.toContain('secret=1');
});

test('an address that refuses, or answers something else', async () => {
  answer = { status: 403, body: jwt };
  expect(await toAnswer({ url: base }, {})).toMatchObject({ success: false, message: expect.stringContaining('answered 403') });
  answer = { status: 200, body: '[]' };
  expect(await toAnswer({ url: base, field: 'token' }, {})).toMatchObject({
    success: false,
    message: expect.stringContaining('no text "token"'),
  });
});

test('the output file that the client names is written whole and for its owner alone; a failure leaves it be', async () => {
  const output = join(directory, 'output.json');
  process.env['GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE'] = output;
  try {
    await printToken({ file: join(directory, 'token') });
    expect(JSON.parse(readFileSync(output, 'utf8'))).toEqual(good);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    await printToken({ file: '/nowhere' });
    expect(JSON.parse(readFileSync(output, 'utf8'))).toEqual(good);
  } finally {
    delete process.env['GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE'];
  }
});

test('a source is asked again each time', async () => {
  const source = toTokenSource({ file: join(directory, 'token') }, {});
  expect(await source()).toBe(jwt);
  writeFileSync(join(directory, 'token'), 'another');
  expect(await source()).toBe('another');
});
