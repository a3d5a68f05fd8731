import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Digest } from './cell.ts';

/** Writes the first `bytes` of endless copies of `block`, as fast as the other side takes them. */
export async function pourCopies(socket: Socket, block: Buffer, bytes: number): Promise<void> {
  for (let left = bytes; left > 0 && !socket.destroyed; ) {
    const piece = left < block.length ? block.subarray(0, left) : block;
    left -= piece.length;
    if (!socket.write(piece)) await drained(socket);
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const onEither = (): void => {
      socket.off('drain', onEither).off('close', onEither);
      resolve();
    };
    socket.once('drain', onEither).once('close', onEither);
  });
}

export function prefixOfCopies(block: Buffer, bytes: number): Digest {
  const hash = createHash('sha256');
  for (let left = bytes; left > 0; left -= block.length) hash.update(left < block.length ? block.subarray(0, left) : block);
  return { length: bytes, sha256: hash.digest('hex') };
}
