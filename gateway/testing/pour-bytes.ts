import type { ServerResponse } from 'node:http';

const ordinaryBlock: Buffer = Buffer.alloc(65_536, 'a');

/** Writes `total` bytes as fast as the other side takes them, no faster, and ends the answer. */
export function pourBytes(response: ServerResponse, total: number, block = ordinaryBlock): void {
  let left = total;
  const more = (): void => {
    while (left > 0) {
      const piece = left < block.length ? block.subarray(0, left) : block;
      left -= piece.length;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}
