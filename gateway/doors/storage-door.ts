// The Storage Read API (gRPC over HTTP/2): no REST client falls back by itself, so each call is answered and recorded here.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Door } from '../exchange.ts';

/** Request and answer in Node's compatible form; both are used by the stages as those of HTTP/1.1 are. */
export type OnCall = (request: IncomingMessage, response: ServerResponse, door: Door) => void;

/** Takes connections on which HTTP/2 was agreed. */
export function createStorageDoor(onCall: OnCall): { accept(socket: TLSSocket, door: Door): void; close(): void } {
  const doors = new WeakMap<ServerHttp2Session, Door>();
  const sessions = new Set<ServerHttp2Session>();
  let entering: Door = 'direct';
  const server = createServer({ maxSessionMemory: 10, settings: { maxConcurrentStreams: 100 } }, (request, response) => {
    const door = doors.get(request.stream.session as ServerHttp2Session) ?? 'direct';
    onCall(asIncoming(request), asResponse(response), door);
  });
  server.on('session', (session) => {
    doors.set(session, entering);
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
  });
  return {
    accept(socket, door) {
      entering = door;
      server.emit('connection', socket);
    },
    close() {
      for (const session of sessions) session.close();
    },
  };
}

const asIncoming = (request: Http2ServerRequest): IncomingMessage => request as unknown as IncomingMessage;
const asResponse = (response: Http2ServerResponse): ServerResponse => response as unknown as ServerResponse;
