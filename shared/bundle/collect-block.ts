import { BundleError } from './bundle-error.ts';
import type { ReadRecord } from './warc-reader.ts';

/** The whole block of a record. Throws BundleError BUNDLE_DAMAGED where it is longer than it may be. */
export async function collectBlock(block: ReadRecord['block'], maxBytes: number): Promise<Buffer> {
  if (Array.isArray(block) && block.length === 1 && block[0].length <= maxBytes) return block[0];
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of block) {
    bytes += piece.length;
    if (bytes > maxBytes)
      throw new BundleError(
        'BUNDLE_DAMAGED',
        'A record of the archive is larger than Steno writes. Fetch the bundle again from whoever exported it.',
      );
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
