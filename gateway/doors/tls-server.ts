// The gateway's own TLS: certificate files of the operator, read again when they change, or certificates of the private CA.
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Server as HttpServer, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { createSecureContext, type TLSSocket } from 'node:tls';
import type { FastifyHttpOptions } from 'fastify';
import type { Config } from '../config.ts';
import { log } from '../observe/log.ts';
import type { CertificateAuthority, KeyPairPem } from './certificate-authority.ts';
import { chooseProtocol, http2Connection, isBelow } from './door.ts';

type TlsConfig = Pick<Config, 'tls' | 'publicUrl' | 'universe'>;
type CertificateFiles = Extract<NonNullable<Config['tls']>, { readonly certificate: string }>;

export type TlsListener = { create(listener: RequestListener): Server; close(): void };

const reloadMs = 2_000;

/** Makes a Fastify app listen so. `https` makes Fastify name the address rightly; its types would make the whole app another one. */
export const behindTls = (tls: TlsListener): FastifyHttpOptions<HttpServer> =>
  ({ https: {}, serverFactory: (handler: RequestListener) => tls.create(handler) }) as object as FastifyHttpOptions<HttpServer>;

/** Undefined where TLS is ended elsewhere. Throws, with the remedy, where the files or the CA cannot be used. */
export async function openTls({ tls, publicUrl, universe }: TlsConfig): Promise<TlsListener | undefined> {
  if (tls === undefined) return undefined;
  if ('certificate' in tls) return servesFiles(tls);
  return servesMinted(tls.certificateAuthority, new URL(publicUrl ?? 'https://localhost').hostname, universe?.domain);
}

/** Libraries of certificates are heavy, and most gateways mint none. */
const loadAuthority = async (directory: string): Promise<CertificateAuthority> =>
  (await import('./certificate-authority.ts')).loadCertificateAuthority(directory);

/** Throws as `openTls` would. */
export async function checkTls(tls: Config['tls']): Promise<void> {
  if (tls === undefined) return;
  if ('certificate' in tls) readCertificateFiles(tls);
  else await loadAuthority(tls.certificateAuthority);
}

/** Files are polled by their times, which also sees the swapped links of mounted secrets. New ones that do not fit leave the old in force. */
function servesFiles(files: CertificateFiles): TlsListener {
  const servers: Server[] = [];
  const first = readCertificateFiles(files);
  const reload = (): void => {
    try {
      const pem = readCertificateFiles(files);
      for (const server of servers) server.setSecureContext({ ...pem, minVersion: 'TLSv1.2' });
      log.info({ certificate: files.certificate }, 'the certificate was read again');
    } catch (error) {
      log.error(`tls: ${(error as Error).message} The certificate read before stays in force.`);
    }
  };
  const paths = [files.certificate, files.key];
  for (const path of paths) watchFile(path, { interval: reloadMs, persistent: false }, reload);
  return {
    create(listener) {
      const server = createTlsServer(first, listener);
      servers.push(server);
      return server;
    },
    close() {
      for (const path of paths) unwatchFile(path, reload);
    },
  };
}

/** Throws, naming the files, when they are no certificate and its key. */
function readCertificateFiles({ certificate, key }: CertificateFiles): KeyPairPem {
  try {
    const pem = { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
    createSecureContext(pem);
    return pem;
  } catch (error) {
    throw new Error(`${certificate} and ${key} are no certificate and its key in PEM: ${(error as Error).message}.`);
  }
}

/** For `host`, the universe's domain and all below it; the private CA vouches for no other name. */
async function servesMinted(directory: string, host: string, universeDomain: string | undefined): Promise<TlsListener> {
  const authority = await loadAuthority(directory);
  const own = await authority.mint(host);
  return {
    create: (listener) =>
      createTlsServer(own, listener, (asked, done) => {
        const name = asked.toLowerCase();
        if (name !== host && !isBelow(name, universeDomain)) return done(new Error(`No certificate for ${name}: publicUrl names ${host}`));
        authority.contextFor(name).then((context) => done(null, context), done);
      }),
    close: () => undefined,
  };
}

type SniCallback = NonNullable<Parameters<typeof createServer>[0]['SNICallback']>;

/** An HTTP server behind TLS. HTTP/2 connections are gRPC's; the app takes them by their own event. */
function createTlsServer(pem: KeyPairPem, listener: RequestListener, sni?: SniCallback): Server {
  const server = createServer(
    { ...pem, minVersion: 'TLSv1.2', ALPNCallback: chooseProtocol, ...(sni === undefined ? {} : { SNICallback: sni }) },
    listener,
  );
  const serveHttp1 = server.listeners('secureConnection')[0] as (socket: TLSSocket) => void;
  server.removeAllListeners('secureConnection').on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') {
      if (!server.emit(http2Connection, socket, 'direct')) socket.destroy();
    } else serveHttp1.call(server, socket);
  });
  // What Fastify sets on a server of its own making.
  server.keepAliveTimeout = 72_000;
  server.requestTimeout = 0;
  return server;
}
