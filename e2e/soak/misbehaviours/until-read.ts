import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

const longestMs = 20_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits until the other process has read all that was written: a reset overtakes bytes that still lie in a queue. On Linux the kernel tells
 * of both queues; elsewhere a while must do.
 */
export async function untilRead(socket: Socket): Promise<void> {
  for (const end = Date.now() + longestMs; Date.now() < end; await pause(20)) if (socket.writableLength === 0 && isRead(socket)) break;
  await pause(50);
}

/** Of a connection on loopback; IPv4, port numbers and queues are in hexadecimal digits. */
function isRead({ localPort, remotePort }: Socket): boolean {
  if (process.platform !== 'linux' || localPort === undefined || remotePort === undefined) return true;
  const [own, other] = [toHex(localPort), toHex(remotePort)];
  const queues = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote]) => {
      const ports = `${local?.split(':')[1]} ${remote?.split(':')[1]}`;
      return ports === `${own} ${other}` || ports === `${other} ${own}`;
    });
  return queues.every(([, , , , queue]) => queue === '00000000:00000000');
}

const toHex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
