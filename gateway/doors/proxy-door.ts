// The proxy door: clients that cannot be told another endpoint are told a proxy (HTTPS_PROXY) and our CA. CONNECT to BigQuery's
// names ends here and enters the same pipeline; CONNECT to any other Google API is refused, or the token would leak past policy.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { CertificateAuthority } from './certificate-authority.ts';
import { chooseProtocol } from './door.ts';

/** Where TLS is ended for us; the rest of Google's names is refused. */
const endedHosts: ReadonlySet<string> = new Set(
  ['bigquery', 'bigquerystorage', 'sts', 'oauth2', 'iamcredentials', 'cloudresourcemanager', 'www'].map((name) => `${name}.googleapis.com`),
);

export type ProxyDoorOptions = {
  readonly authority: CertificateAuthority;
  /** Takes a connection whose TLS we ended, as the gateway's own server would take one from its listener. */
  readonly accept: (socket: TLSSocket, host: string) => void;
  /** Names that are passed through blindly, an OIDC issuer for instance. Never `*.googleapis.com`. */
  readonly passThrough?: ReadonlySet<string>;
  /** The gateway is ending: no new tunnels. */
  readonly isClosing?: () => boolean;
  readonly onRefused?: (host: string, reason: string) => void;
};

export type Destination =
  | { readonly kind: 'end' | 'pass'; readonly host: string; readonly port: number }
  | { readonly kind: 'refuse'; readonly reason: string };

export function createProxyDoor(options: ProxyDoorOptions): Server {
  const server = createServer((_request, response) => {
    response
      .writeHead(501, { 'content-type': 'text/plain' })
      .end('This is a CONNECT proxy for BigQuery clients; set HTTPS_PROXY, not HTTP_PROXY.\n');
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (options.isClosing?.() === true) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\r\n');
      return;
    }
    const destination = judgeDestination(request.url ?? '', options.passThrough ?? new Set());
    if (destination.kind === 'refuse') {
      options.onRefused?.(request.url ?? '', destination.reason);
      socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${destination.reason}\n`);
    } else if (destination.kind === 'pass') passThrough(destination, socket, head);
    else void endTls(options, destination.host, socket, head);
  });
  return server;
}

export function judgeDestination(authority: string, passThrough: ReadonlySet<string>): Destination {
  const parts = /^([A-Za-z0-9.-]+):(\d{1,5})$/.exec(authority);
  if (parts === null) return { kind: 'refuse', reason: 'CONNECT wants HOST:PORT.' };
  const host = (parts[1] as string).toLowerCase().replace(/\.$/, '');
  const port = Number(parts[2]);
  if (endedHosts.has(host))
    return port === 443 ? { kind: 'end', host, port } : { kind: 'refuse', reason: `${host} is served on port 443 only.` };
  if (host === 'googleapis.com' || host.endsWith('.googleapis.com')) {
    return { kind: 'refuse', reason: `${host} cannot be reached through this gateway: only BigQuery's services are.` };
  }
  if (passThrough.has(host)) return { kind: 'pass', host, port };
  return { kind: 'refuse', reason: `${host} is not on this proxy's list; reach it directly (NO_PROXY).` };
}

async function endTls({ authority, accept }: ProxyDoorOptions, host: string, socket: Duplex, head: Buffer): Promise<void> {
  try {
    const secureContext = await authority.contextFor(host);
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    // A server for one connection: HTTP/2 starts on the sockets of a TLS server only, not on a bare TLSSocket.
    const server = createTlsServer({ SNICallback: (_name, done) => done(null, secureContext), ALPNCallback: chooseProtocol });
    server.on('tlsClientError', (_error, failed) => failed.destroy());
    server.on('secureConnection', (ended) => {
      ended.on('error', () => ended.destroy());
      accept(ended, host);
    });
    server.emit('connection', socket);
  } catch {
    socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n');
  }
}

function passThrough({ host, port }: { readonly host: string; readonly port: number }, socket: Duplex, head: Buffer): void {
  const upstream = connect(port, host, () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
}
