import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
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
  isClosing: () => boolean = () => false,
): Promise<{ readonly url: string; close(): void }> {
  const tunnels = new Set<Duplex>();
  const door = createProxyDoor({
    authority: await loadCertificateAuthority(certificateAuthority),
    accept: (socket) => enterByProxy(app.server, socket),
    passThrough: new Set(passThrough),
    isClosing,
    onRefused: (host, reason) => log.warn({ host: host.slice(0, 200), reason }, 'the proxy door refused a CONNECT'),
  });
  // Once CONNECT has answered, a tunnel is none of the server's own any more.
  door.on('connect', (_request, socket) => {
    tunnels.add(socket);
    socket.once('close', () => tunnels.delete(socket));
  });
  await new Promise<void>((resolve, reject) => door.once('error', reject).listen(listen.port, listen.host, resolve));
  const { address, port } = door.address() as AddressInfo;
  return {
    url: `http://${address}:${port}`,
    close() {
      door.close();
      door.closeAllConnections();
      for (const tunnel of tunnels) tunnel.destroy();
    },
  };
}
