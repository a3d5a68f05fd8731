// The command line talks to a gateway whose admin listener has TLS.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../fixtures/free-port.ts';
import { parseConfig } from '../config.ts';
import { initCertificateAuthority, loadCertificateAuthority } from '../doors/certificate-authority.ts';
import { startGateway } from '../main.ts';
import { createAdminClient } from './admin-client.ts';

let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'steno-admin-client-'));
  mkdirSync(join(directory, 'policy'));
  writeFileSync(join(directory, 'policy', 'p.cedar'), '@id("none") forbid (principal, action, resource);');
  for (const name of ['ca', 'other-ca']) await initCertificateAuthority(join(directory, name), ['gw.test', 'localhost']);
  for (const name of ['ca', 'other-ca']) {
    const { cert, key } = await (await loadCertificateAuthority(join(directory, name))).mint('gw.test');
    writeFileSync(join(directory, `${name}.crt`), cert);
    writeFileSync(join(directory, `${name}.key`), key);
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

const write = (name: string, port: number, tls: string): string => {
  const path = join(directory, name);
  writeFileSync(
    path,
    `
listen: 127.0.0.1:0
publicUrl: https://gw.test
admin: { listen: 127.0.0.1:${port}, tls: ${tls} }
dataDirectory: ./data
policy: { directory: ./policy }
issuers: [{ issuer: 'https://issuer.invalid', audience: a, keys: { url: 'https://issuer.invalid/keys' } }]
connections: [{ name: c, projects: ['*'], endpoint: 'http://127.0.0.1:9', credentials: none }]
`,
  );
  return path;
};
const clientOf = (name: string, port: number, tls: string) => {
  const parsed = parseConfig(
    `{ admin: { listen: '127.0.0.1:${port}', tls: ${tls} }, publicUrl: 'https://gw.test', dataDirectory: ./data, policy: { directory: p },
       issuers: [{ issuer: 'https://i', audience: a }], connections: [{ name: c, projects: ['*'], credentials: none }] }`,
    directory,
  );
  if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.error)}`);
  return createAdminClient(parsed.value);
};

test.each([
  ['certificate files', '{ certificate: ./ca.crt, key: ./ca.key }', '{ certificate: ./other-ca.crt, key: ./other-ca.key }'],
  ['the private CA', '{ certificateAuthority: ./ca }', '{ certificateAuthority: ./other-ca }'],
])('%s: the admin listener speaks TLS alone, and the command line trusts that certificate alone', async (name, tls, otherTls) => {
  const port = await freePort();
  const gateway = await startGateway(write('steno.yaml', port, tls));
  try {
    expect(gateway.adminUrl).toBe(`https://127.0.0.1:${port}`);
    expect(await clientOf(name, port, tls).listSessions()).toEqual([]);
    expect(await clientOf(name, port, tls).rotateTokenKeys({ endOld: true })).toHaveLength(1);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    await expect(clientOf(name, port, otherTls).listSessions()).rejects.toThrow(/No gateway answers at https/);
  } finally {
    await gateway.close();
  }
});

test('a certificate that cannot be used is told before anything listens', async () => {
  const path = write('broken.yaml', 0, '{ certificate: ./missing.crt, key: ./ca.key }');
  await expect(startGateway(path)).rejects.toMatchObject({
    mistakes: [{ path: 'admin.tls', message: expect.stringContaining('missing.crt') }],
  });
});
