import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer as readAll } from 'node:stream/consumers';

/** A real time-stamping authority: `openssl ts` with its own root, behind a small HTTP server. */
export type TestAuthority = {
  readonly url: string;
  /** PEM of the root. */
  readonly certificates: string;
  /** Root in base64 of DER, as a trust root holds it. */
  readonly root: string;
  readonly requests: Buffer[];
  /** Changes what is answered from now on; `undefined` answers 503. */
  answer: (request: Buffer, stamp: (request: Buffer, signer?: string) => Buffer) => Buffer | undefined;
  close(): void;
};

const openssl = (cwd: string, ...options: readonly string[]): Buffer =>
  execFileSync('openssl', options, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });

const config = `
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = ./serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamp]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[server]
extendedKeyUsage = serverAuth
`;

/** `kind`: of the signer's key. */
export async function startAuthority(folder: string, kind: 'ec' | 'rsa' = 'ec'): Promise<TestAuthority> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'tsa.cnf'), config);
  writeFileSync(path.join(folder, 'serial'), '01\n');
  makeKey(folder, 'root', kind);
  openssl(
    folder,
    'req',
    '-x509',
    '-new',
    '-key',
    'root.key',
    '-subj',
    '/CN=Test TSA root',
    '-days',
    '3650',
    '-out',
    'root.pem',
    '-config',
    'tsa.cnf',
    '-extensions',
    'ca',
  );
  issue(folder, 'signer', kind, 'stamp', '3650');
  issue(folder, 'expired', kind, 'stamp', '-1');
  issue(folder, 'server', kind, 'server', '3650');
  const authority = { requests: [] as Buffer[], answer: ((request, stamp) => stamp(request)) as TestAuthority['answer'] };
  const stamp = (request: Buffer, signer = 'signer'): Buffer => reply(folder, request, signer);
  const server: Server = createServer(async (request, response) => {
    const body = await readAll(request);
    authority.requests.push(body);
    const answer = authority.answer(body, stamp);
    response.writeHead(answer === undefined ? 503 : 200, { 'content-type': 'application/timestamp-reply' }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const certificates = path.join(folder, 'root.pem');
  const root = openssl(folder, 'x509', '-in', 'root.pem', '-outform', 'DER').toString('base64');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return Object.assign(authority, { url, certificates, root, close: () => void server.close() });
}

function makeKey(folder: string, name: string, kind: 'ec' | 'rsa'): void {
  const options =
    kind === 'ec' ? ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] : ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
  openssl(folder, 'genpkey', ...options, '-out', `${name}.key`);
}

function issue(folder: string, name: string, kind: 'ec' | 'rsa', extensions: string, days: string): void {
  makeKey(folder, name, kind);
  openssl(folder, 'req', '-new', '-key', `${name}.key`, '-subj', `/CN=Test TSA ${name}`, '-out', `${name}.csr`);
  const signed = ['x509', '-req', '-in', `${name}.csr`, '-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', days];
  openssl(folder, ...signed, '-extfile', 'tsa.cnf', '-extensions', extensions, '-out', `${name}.pem`);
}

/** openssl refuses to stamp with a certificate that is not for stamps; a forger would not. */
function reply(folder: string, request: Buffer, signer: string): Buffer {
  writeFileSync(path.join(folder, 'request.tsq'), request);
  openssl(
    folder,
    'ts',
    '-reply',
    '-queryfile',
    'request.tsq',
    '-config',
    'tsa.cnf',
    '-section',
    'tsa_config',
    '-inkey',
    `${signer}.key`,
    '-signer',
    `${signer}.pem`,
    '-chain',
    'root.pem',
    '-out',
    'reply.tsr',
  );
  return readFileSync(path.join(folder, 'reply.tsr'));
}
