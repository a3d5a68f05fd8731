import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { behaviours } from './behaviours.ts';
import type { Cell } from './cell.ts';
import { portOf, startRelay } from './tls-relay.ts';

export type RawUpstream = { readonly url: string; readonly secureUrl: string; close(): void };

/** BigQuery's place, below HTTP: it reads the head of a request, finds the cell it belongs to, and lets that have the socket. */
export async function startRawUpstream(
  cellOf: (key: string) => Cell | undefined,
  pair: { key: string; cert: string },
): Promise<RawUpstream> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, cellOf);
  };
  const [plain, secure] = [createServer(accept), createTlsServer(pair, accept)];
  for (const server of [plain, secure]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay = await startRelay(portOf(secure));
  return {
    url: `http://127.0.0.1:${portOf(plain)}`,
    secureUrl: `https://localhost:${portOf(relay)}`,
    close() {
      for (const server of [plain, secure, relay]) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Requests have no body, but for uploads, and whose socket uploads is not read on. */
function serve(socket: Socket, cellOf: (key: string) => Cell | undefined): void {
  let seen = '';
  const onData = (bytes: Buffer): void => {
    seen += bytes.toString('latin1');
    for (let end = seen.indexOf('\r\n\r\n'); end >= 0; end = seen.indexOf('\r\n\r\n')) {
      const head = seen.slice(0, end);
      seen = seen.slice(end + 4);
      const cell = cellOf(/cell_[a-z0-9-]+_\d+/.exec(head)?.[0] ?? '');
      const behaviour = behaviours.find(({ name }) => name === cell?.behaviour);
      if (cell === undefined || behaviour === undefined) return void socket.destroy();
      if (behaviour.by === 'upload') {
        socket.off('data', onData);
        socket.pause();
      }
      void behaviour.act(socket, cell);
      if (behaviour.by === 'upload') return;
    }
  };
  socket.on('data', onData);
}
