import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The clients' side of each relayed connection, by the port that the server sees. */
const relayed = new Map<number, Socket>();

/** Carries bytes to a TLS server and back, so that a test can put something between them. */
export async function startRelay(target: number): Promise<Server> {
  const server = createServer((client) => {
    const inner = connect(target, '127.0.0.1', () => relayed.set(inner.localPort!, client));
    client.on('error', () => inner.destroy()).on('close', () => inner.destroy());
    inner.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(inner).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Sends the client of a TLS connection what is no TLS record: it must answer with an alert. */
export const spoilTls = (socket: Socket): void => void relayed.get(socket.remotePort!)?.write('this is no TLS record, whoever reads it');
