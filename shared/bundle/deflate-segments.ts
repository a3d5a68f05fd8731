// A deflate stream (RFC 1951) of segments that need nothing of each other: any inflater reads it whole, and ours from any segment on.
import { promisify } from 'node:util';
import { deflateRaw, constants as zlib } from 'node:zlib';

const pack = promisify(deflateRaw);

const SEGMENT_BYTES = 524_288;
const LINE_FEED = 0x0a;
/** What a segment ends with: an empty stored block, at a whole byte. */
export const SEGMENT_END = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/** An empty last block. */
const STREAM_END = Buffer.from([0x03, 0x00]);

/** Packs what `pieces` yield. Segments begin where lines do, where there are lines. Packed beside the reading, two at a time, in order. */
export async function* deflateSegments(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let before: Promise<Buffer> | undefined;
  for await (const segment of segmentsOf(pieces)) {
    // What is flushed so goes on after it, and needs nothing of what was before.
    const packed = pack(segment, { finishFlush: zlib.Z_FULL_FLUSH });
    packed.catch(() => undefined);
    if (before !== undefined) yield await before;
    before = packed;
  }
  if (before !== undefined) yield await before;
  yield STREAM_END;
}

async function* segmentsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < SEGMENT_BYTES) continue;
    const all = Buffer.concat(held);
    const cut = all.lastIndexOf(LINE_FEED) + 1 || all.length;
    yield all.subarray(0, cut);
    held = cut === all.length ? [] : [all.subarray(cut)];
    bytes = all.length - cut;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
