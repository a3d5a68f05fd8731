import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { Agent, fetch, request } from 'undici';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { log } from '../observe/log.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { initCertificateAuthority } from './certificate-authority.ts';

const directory = mkdtempSync(join(tmpdir(), 'tls-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A self-signed certificate for localhost. */
function makeCertificate(name: string): { readonly certificate: string; readonly key: string } {
  const [certificate, key] = [join(directory, `${name}.crt`), join(directory, `${name}.key`)];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  execFileSync('openssl', [...words, '-addext', 'subjectAltName=DNS:localhost', '-out', certificate, '-keyout', key], { stdio: 'ignore' });
  return { certificate, key };
}

const presented = (url: string, servername?: string): Promise<DetailedPeerCertificate> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const socket = connect({
      host: '127.0.0.1',
      port: Number(port),
      rejectUnauthorized: false,
      ...(servername === undefined ? {} : { servername }),
    });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate(true));
      socket.destroy();
    });
    socket.once('error', reject);
  });

const datasets = '/bigquery/v2/projects/acme/datasets';

describe('with certificate files', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const { certificate, key } = makeCertificate('first');
    gateway = await startTestGateway({ config: `tls: { certificate: '${certificate}', key: '${key}' }` });
  });
  afterAll(() => gateway.close());

  test('the gateway answers over TLS, and the record says by which door', async () => {
    const dispatcher = new Agent({ connect: { ca: readFileSync(join(directory, 'first.crt')), servername: 'localhost' } });
    const token = await gateway.issuer.mint({ groups: ['analysts'] });
    const answer = await fetch(gateway.url + datasets, { dispatcher, headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(gateway.recorder.exchanges.at(-1)!.intent.client.door).toBe('direct');
    await dispatcher.close();
  });

  test('old protocol versions are refused', async () => {
    const { port } = new URL(gateway.url);
    const socket = connect({
      host: '127.0.0.1',
      port: Number(port),
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
    });
    await expect(new Promise((_resolve, reject) => socket.once('error', reject))).rejects.toThrow(/protocol|version|alert/i);
  });

  test('a renewed certificate is served without a restart; a broken one is not', async () => {
    const error = vi.spyOn(log, 'error').mockImplementation(() => undefined);
    const renewed = makeCertificate('renewed');
    writeFileSync(join(directory, 'first.crt'), 'not a certificate');
    utimesSync(join(directory, 'first.crt'), 1, 1);
    await vi.waitFor(() => expect(error).toHaveBeenCalledWith(expect.stringContaining('stays in force')), 10_000);
    expect((await presented(gateway.url)).subject.CN).toBe('first');
    copyFileSync(renewed.key, join(directory, 'first.key'));
    copyFileSync(renewed.certificate, join(directory, 'first.crt'));
    await vi.waitFor(async () => expect((await presented(gateway.url)).subject.CN).toBe('renewed'), { timeout: 10_000, interval: 200 });
    error.mockRestore();
  });
});

describe('with the private CA', () => {
  let gateway: TestGateway;
  let ca: Buffer;
  const host = 'gw.example.com';
  beforeAll(async () => {
    const authority = join(directory, 'ca');
    await initCertificateAuthority(authority, ['googleapis.com', host]);
    ca = readFileSync(join(authority, 'ca.crt'));
    gateway = await startTestGateway({
      config: [`tls: { certificateAuthority: '${authority}' }`, `publicUrl: https://${host}`, `universe: { domain: ${host} }`].join('\n'),
    });
  });
  afterAll(() => gateway.close());

  const grpc = (servername: string, token: string | undefined) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const session = connectHttp2(gateway.url, { ca, servername, ALPNProtocols: ['h2'] });
      session.once('error', reject);
      const stream = session.request({
        ':method': 'POST',
        ':path': '/google.cloud.bigquery.storage.v1.BigQueryRead/CreateReadSession',
        ':authority': servername,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      });
      stream.once('response', (headers) => {
        resolve({ ...headers });
        session.close();
      });
      stream.end(Buffer.from([0, 0, 0, 0, 3, 1, 2, 3]));
    });

  test('a client of the universe domain reaches it by its virtual hosts', async () => {
    const dispatcher = new Agent({ connect: { ca, servername: `bigquery.${host}` } });
    const token = await gateway.issuer.mint({ groups: ['analysts'] });
    const headers = { authorization: `Bearer ${token}`, host: `bigquery.${host}` };
    const answer = await request(gateway.url + datasets, { dispatcher, headers });
    expect(answer.statusCode).toBe(200);
    await answer.body.dump();
    expect(gateway.recorder.exchanges.at(-1)!.intent.client.door).toBe('universe');
    await dispatcher.close();
  });

  test('it vouches for its own names only', async () => {
    expect((await presented(gateway.url, host)).subject.CN).toBe(host);
    expect((await presented(gateway.url, `sts.${host}`)).subject.CN).toBe(`sts.${host}`);
    await expect(presented(gateway.url, 'example.org')).rejects.toThrow();
  });

  test('the Storage Read API is refused in its own protocol, and the call is recorded with its body', async () => {
    const token = await gateway.issuer.mint({ sub: 'reader', groups: ['analysts'] });
    const answer = await grpc(`bigquerystorage.${host}`, token);
    expect(answer).toMatchObject({ ':status': 200, 'grpc-status': '7', 'content-type': 'application/grpc' });
    expect(decodeURIComponent(String(answer['grpc-message']))).toMatch(/Storage Read API.*Read with REST instead.*Exchange/);
    const record = gateway.recorder.exchanges.at(-1)!;
    expect(record.intent).toMatchObject({ principal: { subject: 'reader' }, decision: { effect: 'deny' } });
    expect(record.requestBody).toEqual(Buffer.from([0, 0, 0, 0, 3, 1, 2, 3]));
  });

  test('without a token it is unauthenticated', async () => {
    expect(await grpc(`bigquerystorage.${host}`, undefined)).toMatchObject({ 'grpc-status': '16' });
  });
});
