import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initCertificateAuthority } from '../../doors/certificate-authority.ts';
import { listenAsProxy } from '../../doors/listen-as-proxy.ts';
import { startTestGateway, type TestGateway } from '../../testing/start-test-gateway.ts';
import { sendJson } from '../../testing/upstream-double.ts';
import { toShellBlock, toVariables } from './env-block.ts';

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'env-'));
const authority = join(directory, 'ca');
const credentials = join(directory, 'credential.json');
let gateway: TestGateway;
let proxy: Awaited<ReturnType<typeof listenAsProxy>>;

beforeAll(async () => {
  await initCertificateAuthority(authority, ['googleapis.com']);
  gateway = await startTestGateway({
    config: `proxy: { listen: 127.0.0.1:1, certificateAuthority: '${authority}', publicUrl: 'http://127.0.0.1:1' }`,
  });
  gateway.upstream.answer = (_request, response) =>
    sendJson(response, 200, {
      datasets: ['sales', 'hr'].map((datasetId) => ({ id: datasetId, datasetReference: { projectId: 'acme', datasetId } })),
    });
  proxy = await listenAsProxy({ listen: { host: '127.0.0.1', port: 0 }, certificateAuthority: authority, passThrough: [] }, gateway.app);
  gateway.config.proxy!.publicUrl = proxy.url;
  writeFileSync(join(directory, 'oidc.jwt'), await gateway.issuer.mint({ groups: ['analysts'] }));
  writeCredential(`${gateway.url}/v1/token`);
});
afterAll(async () => {
  proxy.close();
  await gateway.close();
  rmSync(directory, { recursive: true, force: true });
});

const writeCredential = (tokenUrl: string): void =>
  writeFileSync(
    credentials,
    JSON.stringify({
      type: 'external_account',
      audience: '//gw.example.com/oidc/test',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      token_url: tokenUrl,
      quota_project_id: 'acme',
      credential_source: { file: join(directory, 'oidc.jwt') },
    }),
  );

/** `steno env …`, as its user runs it. */
async function env(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const args = ['--disable-warning=ExperimentalWarning', 'steno.ts', 'env', ...words, '--roots', join(directory, 'roots.pem')];
  const done = await run(process.execPath, args, { env: { ...process.env, NO_COLOR: '1' } }).catch((error) => error);
  return { code: done.code ?? 0, out: done.stdout, err: done.stderr };
}

test('the block sets what each client reads, and the roots hold the CA and the machine’s own', async () => {
  const { out } = await env(gateway.url, '--door', 'proxy', '--credentials', credentials, '--project', 'acme');
  expect(out).toContain(`export HTTPS_PROXY='${proxy.url}'`);
  expect(out).toContain(`export GOOGLE_APPLICATION_CREDENTIALS='${credentials}'`);
  const roots = readFileSync(join(directory, 'roots.pem'), 'utf8');
  expect(roots).toContain(readFileSync(join(authority, 'ca.crt'), 'utf8').trim());
  expect(roots.match(/BEGIN CERTIFICATE/g)!.length).toBeGreaterThan(100);
});

test('--check sends a real client through each door that is offered', async () => {
  const { code, out } = await env(gateway.url, '--credentials', credentials, '--project', 'acme', '--check', '--door', 'direct');
  expect(out).toMatch(/^direct +ok +token exchanged, datasets: sales/m);
  expect(code).toBe(0);
});

test('--check goes through the proxy under Google’s own names', async () => {
  writeCredential('https://sts.googleapis.com/v1/token');
  const { code, out } = await env(gateway.url, '--credentials', credentials, '--project', 'acme', '--check', '--door', 'proxy');
  expect(out).toMatch(/^proxy +ok +token exchanged, datasets: sales/m);
  expect(gateway.recorder.exchanges.at(-1)!.intent.client.door).toBe('proxy');
  expect(code).toBe(0);
});

test('--check fails with what the client said', async () => {
  writeFileSync(join(directory, 'oidc.jwt'), 'nonsense');
  const { code, out } = await env(gateway.url, '--credentials', credentials, '--project', 'acme', '--check', '--door', 'direct');
  expect(out).toMatch(/^direct +failed +The token could not be exchanged: .+/m);
  expect(code).toBe(1);
});

test.each([
  ['nonsense', /is no address/],
  ['http://127.0.0.1:1', /cannot be reached/],
])('%s: a sentence', async (address, sentence) => {
  const { code, err } = await env(address);
  expect(err).toMatch(sentence);
  expect(code).toBe(2);
});

describe('quoting', () => {
  const hostile = "it's `id` $HOME \\ end";
  test('a POSIX shell reads back what was meant', async () => {
    const block = toShellBlock(toVariables({ direct: 'https://gw' }, { door: 'direct', credentialFile: hostile }), 'sh');
    const { stdout } = await run('sh', ['-c', `${block}\nprintf %s "$GOOGLE_APPLICATION_CREDENTIALS"`]);
    expect(stdout).toBe(hostile);
  });

  test.each([
    ['fish', "set -gx GOOGLE_APPLICATION_CREDENTIALS 'a\\'b\\\\c'"],
    ['powershell', "$env:GOOGLE_APPLICATION_CREDENTIALS = 'a''b\\c'"],
  ] as const)('%s', (shell, line) => {
    expect(toShellBlock(toVariables({ direct: 'https://gw' }, { door: 'direct', credentialFile: "a'b\\c" }), shell)).toContain(line);
  });
});
