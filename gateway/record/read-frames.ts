import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FrameHeader, frameTypes, HEADER_BYTES, isPayloadSound, readHeader } from './frame.ts';

/** `payload` is a view that the next step of the reader overwrites. */
export type Frame = { readonly header: FrameHeader; readonly offset: number; readonly payload: Buffer };

/** Where reading ended. `fault`: why it ended before the end of the file. Zeros that were written ahead count as no part of the file: `size` is without. */
export type ReadEnd = { readonly offset: number; readonly size: number; readonly fault: string | undefined; readonly isSealed: boolean };

const BLOCK_BYTES = 1_048_576;
const NO_PAYLOAD = Buffer.alloc(0);
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/**
 * The frames of a segment file from offset `from` on, up to the first unsound one or `upTo`.
 * `bodies: 'skip'` neither reads nor checks the bytes of bodies.
 */
export function* readFrames(
  file: string,
  options: { readonly bodies?: 'read' | 'skip'; readonly from?: number; readonly upTo?: number } = {},
): Generator<Frame, ReadEnd> {
  const fd = openSync(file, 'r');
  try {
    const size = Math.min(fstatSync(fd).size, options.upTo ?? Number.POSITIVE_INFINITY);
    return yield* framesOf(fd, options.from ?? 0, size, options.bodies === 'skip');
  } finally {
    closeSync(fd);
  }
}

function* framesOf(fd: number, from: number, size: number, skipsBodies: boolean): Generator<Frame, ReadEnd> {
  const window = new FileWindow(fd, size, size - from);
  let offset = from;
  while (offset < size) {
    const at = window.hold(offset, HEADER_BYTES);
    const header = at === undefined ? undefined : readHeader(window.buffer, at);
    if (header === undefined && window.isZeroFrom(offset)) return { offset, size: offset, fault: undefined, isSealed: false };
    if (header === undefined)
      return { offset, size, fault: at === undefined ? 'half a frame header' : 'no sound frame header', isSealed: false };
    const end = offset + HEADER_BYTES + header.length;
    if (skipsBodies && header.type === frameTypes.body && end <= size) {
      yield { header, offset, payload: NO_PAYLOAD };
    } else {
      const payload = window.view(offset + HEADER_BYTES, header.length);
      if (payload === undefined) return { offset, size, fault: 'half a frame', isSealed: false };
      if (!isPayloadSound(header, payload))
        return { offset, size, fault: 'the bytes of a frame do not match their check', isSealed: false };
      yield { header, offset, payload };
    }
    offset = end;
    if (header.type === frameTypes.seal) {
      return { offset, size, fault: offset < size ? 'bytes after the seal' : undefined, isSealed: true };
    }
  }
  return { offset, size, fault: undefined, isSealed: false };
}

/** Reads ahead in blocks, so that small frames cost no system call each. */
class FileWindow {
  readonly #fd: number;
  readonly #size: number;
  #buffer: Buffer;
  #start = 0;
  #length = 0;

  /** `wanted`: how much will be read at most. */
  constructor(fd: number, size: number, wanted: number) {
    this.#fd = fd;
    this.#size = size;
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(BLOCK_BYTES, wanted)));
  }

  /** Another after each `hold`. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Where in `buffer` these bytes stand now. */
  hold(offset: number, length: number): number | undefined {
    if (offset + length > this.#size) return undefined;
    if (offset < this.#start || offset + length > this.#start + this.#length) this.#load(offset, length);
    const at = offset - this.#start;
    return at + length > this.#length ? undefined : at;
  }

  view(offset: number, length: number): Buffer | undefined {
    const at = this.hold(offset, length);
    return at === undefined ? undefined : this.#buffer.subarray(at, at + length);
  }

  /** Whether nothing but zeros stands from here to the end. */
  isZeroFrom(offset: number): boolean {
    for (let start = offset; start < this.#size; start += BLOCK_BYTES) {
      const piece = this.view(start, Math.min(BLOCK_BYTES, this.#size - start));
      if (piece === undefined || !piece.equals(ZEROS.subarray(0, piece.length))) return false;
    }
    return true;
  }

  #load(offset: number, length: number): void {
    if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(length + BLOCK_BYTES);
    this.#start = offset;
    this.#length = 0;
    const wanted = Math.min(this.#buffer.length, this.#size - offset);
    while (this.#length < wanted) {
      const bytes = readSync(this.#fd, this.#buffer, this.#length, wanted - this.#length, offset + this.#length);
      if (bytes === 0) break;
      this.#length += bytes;
    }
  }
}
