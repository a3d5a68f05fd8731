// How a connection came in. Whatever the door, the same stages follow.
import type { IncomingMessage, Server } from 'node:http';
import { type TLSSocket, Server as TlsServer } from 'node:tls';
import type { Door } from '../exchange.ts';

const proxied = new WeakSet<object>();

/** The server's event for a connection on which HTTP/2 was agreed: gRPC. Its listener gets the socket and the door. */
export const http2Connection = 'http2Connection';

/** Hands a connection whose TLS was ended at the proxy door to the server, as its own listener would. */
export function enterByProxy(server: Server, socket: TLSSocket): void {
  if (socket.alpnProtocol === 'h2') {
    server.emit(http2Connection, socket, 'proxy' satisfies Door);
    return;
  }
  proxied.add(socket);
  server.emit(server instanceof TlsServer ? 'secureConnection' : 'connection', socket);
}

export function doorOf({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>, universeDomain: string | undefined): Door {
  if (proxied.has(socket)) return 'proxy';
  return isBelow(headers.host ?? '', universeDomain) ? 'universe' : 'direct';
}

/** `host` is a name under `domain`; its port does not matter. */
export function isBelow(host: string, domain: string | undefined): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  return domain !== undefined && name.endsWith(`.${domain}`);
}

/**
 * HTTP/2 only for those who speak nothing else, which is gRPC: a REST client that offers both gets HTTP/1.1.
 * Undefined ends the handshake (RFC 7301 §3.2).
 */
export function chooseProtocol({ protocols }: { readonly protocols: readonly string[] }): string | undefined {
  return ['http/1.1', 'h2'].find((each) => protocols.includes(each));
}
