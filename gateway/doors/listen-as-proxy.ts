import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { log } from '../observe/log.ts';
import { loadCertificateAuthority } from './certificate-authority.ts';
import { enterByProxy } from './door.ts';
import { createProxyDoor } from './proxy-door.ts';

/** Opens the proxy door before the app: what comes through it passes the same stages. */
export async function listenAsProxy(
  { listen, certificateAuthority, passThrough }: NonNullable<Config['proxy']>,
  app: FastifyInstance,
): Promise<{ readonly url: string; close(): void }> {
  const door = createProxyDoor({
    authority: await loadCertificateAuthority(certificateAuthority),
    accept: (socket) => enterByProxy(app.server, socket),
    passThrough: new Set(passThrough),
    onRefused: (host, reason) => log.warn({ host: host.slice(0, 200), reason }, 'the proxy door refused a CONNECT'),
  });
  await new Promise<void>((resolve, reject) => door.once('error', reject).listen(listen.port, listen.host, resolve));
  const { address, port } = door.address() as AddressInfo;
  return {
    url: `http://${address}:${port}`,
    close() {
      door.close();
      door.closeAllConnections();
    },
  };
}
