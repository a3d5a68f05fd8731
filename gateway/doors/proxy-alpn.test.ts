// What clients offer in the handshake inside a tunnel, and what they get: REST stays on HTTP/1.1, gRPC alone speaks HTTP/2.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { initCertificateAuthority } from './certificate-authority.ts';
import { listenAsProxy } from './listen-as-proxy.ts';

const host = 'bigquery.googleapis.com';
let directory: string;
let gateway: TestGateway;
let proxy: { readonly url: string; close(): void };
let ca: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'alpn-'));
  await initCertificateAuthority(join(directory, 'ca'), ['googleapis.com']);
  ca = readFileSync(join(directory, 'ca/ca.crt'), 'utf8');
  gateway = await startTestGateway();
  const listen = { host: '127.0.0.1', port: 0 };
  proxy = await listenAsProxy({ listen, certificateAuthority: join(directory, 'ca'), passThrough: [] }, gateway.app);
});
afterAll(async () => {
  proxy.close();
  await gateway.close();
  rmSync(directory, { recursive: true });
});

async function tunnel(name = host): Promise<Duplex> {
  const { hostname, port } = new URL(proxy.url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method: 'CONNECT', path: `${name}:443` });
    asked.once('connect', (response, socket) =>
      response.statusCode === 200 ? resolve(socket) : reject(new Error(`${response.statusCode}`)),
    );
    asked.once('error', reject);
    asked.end();
  });
}

async function handshake(protocols: string[] | undefined, name = host): Promise<TLSSocket> {
  const socket = await tunnel(name);
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, ca, servername: name, ...(protocols === undefined ? {} : { ALPNProtocols: protocols }) });
    tls.once('secureConnect', () => resolve(tls));
    tls.once('error', reject);
  });
}

test.each<[string, string[] | undefined, string | false]>([
  ['Node, Python’s requests and Ruby offer nothing', undefined, false],
  ['httplib2 and Java offer HTTP/1.1', ['http/1.1'], 'http/1.1'],
  ['Go and curl offer both, HTTP/2 first', ['h2', 'http/1.1'], 'http/1.1'],
  ['gRPC offers HTTP/2 alone', ['h2'], 'h2'],
  ['older gRPC offers its own name too', ['grpc-exp', 'h2'], 'h2'],
])('%s: %o → %s', async (_, offered, chosen) => {
  const socket = await handshake(offered);
  expect(socket.alpnProtocol).toBe(chosen);
  socket.destroy();
});

test('who offers nothing that we speak is told so in the handshake (RFC 7301 §3.2)', async () => {
  await expect(handshake(['h3', 'spdy/3'])).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' });
});

test('a REST request after any of them is the same exchange, by the proxy door', async () => {
  const token = await gateway.issuer.mint({ groups: ['analysts'] });
  for (const offered of [undefined, ['http/1.1'], ['h2', 'http/1.1']]) {
    const socket = await handshake(offered);
    const body = JSON.stringify({ query: 'SELECT x FROM `acme.sales.orders`', useLegacySql: false });
    const answer = new Promise<string>((resolve) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.includes('"jobComplete"')) resolve(text);
      });
    });
    socket.write(
      `POST /bigquery/v2/projects/acme/queries HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(gateway.recorder.exchanges.at(-1)!.intent.client.door).toBe('proxy');
    socket.destroy();
  }
});

test('a call over HTTP/2 is answered as gRPC is, and recorded by the proxy door', async () => {
  const name = 'bigquerystorage.googleapis.com';
  const socket = await handshake(['h2'], name);
  const session = connectHttp2(`https://${name}`, { createConnection: () => socket });
  const token = await gateway.issuer.mint({ groups: ['analysts'] });
  const call = session.request({
    ':method': 'POST',
    ':path': '/google.cloud.bigquery.storage.v1.BigQueryRead/CreateReadSession',
    authorization: `Bearer ${token}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const trailers = new Promise<Record<string, unknown>>((resolve) => {
    call.once('response', (headers) => headers['grpc-status'] !== undefined && resolve(headers));
    call.once('trailers', resolve);
  });
  call.end(Buffer.from([0, 0, 0, 0, 0]));
  call.resume();
  expect(await trailers).toMatchObject({ 'grpc-status': '7', 'grpc-message': expect.stringContaining('Storage Read API') });
  expect(gateway.recorder.exchanges.at(-1)).toMatchObject({
    intent: { client: { door: 'proxy' } },
    end: { outcome: 'refused', reason: 'STORAGE_READ_NOT_OFFERED' },
  });
  session.destroy();
});
