import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { initCertificateAuthority, loadCertificateAuthority } from './certificate-authority.ts';
import { createProxyDoor, judgeDestination } from './proxy-door.ts';

const directory = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca');
const run = promisify(execFile);
let door: Server;
let proxy: string;
const refused: string[] = [];

beforeAll(async () => {
  await initCertificateAuthority(directory, ['googleapis.com']);
  const gateway = createServer((request, response) => response.end(`${request.headers.host}${request.url}`));
  door = createProxyDoor({
    authority: await loadCertificateAuthority(directory),
    accept: (socket) => gateway.emit('connection', socket),
    onRefused: (host) => refused.push(host),
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  proxy = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
});
afterAll(() => door.close());

const curl = (url: string) => run('curl', ['-sS', '--max-time', '10', '--proxy', proxy, '--cacert', join(directory, 'ca.crt'), url]);

test('a client that trusts the CA reaches the gateway under the real name', async () => {
  const { stdout } = await curl('https://bigquery.googleapis.com/bigquery/v2/projects/p/datasets');
  expect(stdout).toBe('bigquery.googleapis.com/bigquery/v2/projects/p/datasets');
});

test('another Google API is refused', async () => {
  await expect(curl('https://storage.googleapis.com/')).rejects.toThrow(/403/);
  expect(refused).toEqual(['storage.googleapis.com:443']);
});

test('the key is the owner’s alone, and an existing CA is never replaced', async () => {
  expect(statSync(join(directory, 'ca.key')).mode & 0o777).toBe(0o600);
  await expect(initCertificateAuthority(directory, ['googleapis.com'])).rejects.toThrow('holds a CA already');
});

test('openssl accepts the chain for BigQuery, and the CA cannot vouch for another name', async () => {
  const authority = await loadCertificateAuthority(directory);
  const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: authority.certificatePem, encoding: 'utf8' });
  expect(text).toMatch(/Name Constraints: critical\s+Permitted:\s+DNS:googleapis\.com/);
  expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
});

test.each([
  ['bigquery.googleapis.com:443', 'end'],
  ['BIGQUERY.googleapis.com.:443', 'end'],
  ['bigquery.googleapis.com:22', 'refuse'],
  ['storage.googleapis.com:443', 'refuse'],
  ['googleapis.com:443', 'refuse'],
  ['token.actions.githubusercontent.com:443', 'pass'],
  ['169.254.169.254:80', 'refuse'],
  ['example.com:443', 'refuse'],
  ['[::1]:443', 'refuse'],
  ['', 'refuse'],
])('CONNECT %s: %s', (authority, kind) => {
  expect(judgeDestination(authority, new Set(['token.actions.githubusercontent.com'])).kind).toBe(kind);
});
