import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { collectPassedBytes } from '../../../shared/base/collect-passed-bytes.ts';
import { journalFolder } from '../list-segments.ts';

/** Where bytes of an answer lie in the journal. */
export type Piece = { readonly segment: string; readonly offset: number; readonly length: number };

const BLOCK_BYTES = 524_288;

/**
 * Reads pieces of answers, ahead in blocks: of small answers that lie side by side each would cost three system calls.
 * Blocks may hold what is not written yet, so one reader serves only for what was found before it was made.
 */
export class PieceReader {
  readonly #directory: string;
  #segment: string | undefined;
  #fd = -1;
  #block: Buffer | undefined;
  #start = 0;
  #length = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Each buffer is the caller's to keep. */
  *bytesOf(pieces: readonly Piece[]): Generator<Buffer> {
    for (const piece of pieces) yield this.#read(piece);
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    [this.#fd, this.#segment] = [-1, undefined];
  }

  #read({ segment, offset, length }: Piece): Buffer {
    if (segment !== this.#segment) this.#open(segment);
    const bytes = Buffer.allocUnsafe(length);
    collectPassedBytes(length);
    if (length >= BLOCK_BYTES) readSync(this.#fd, bytes, 0, length, offset);
    else {
      if (offset < this.#start || offset + length > this.#start + this.#length) this.#load(offset);
      this.#block!.copy(bytes, 0, offset - this.#start, offset - this.#start + length);
    }
    return bytes;
  }

  #open(segment: string): void {
    this.close();
    this.#fd = openSync(path.join(journalFolder(this.#directory), segment), 'r');
    [this.#segment, this.#start, this.#length] = [segment, 0, 0];
  }

  #load(offset: number): void {
    if (this.#block === undefined) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      collectPassedBytes(BLOCK_BYTES);
    }
    this.#start = offset;
    this.#length = readSync(this.#fd, this.#block, 0, BLOCK_BYTES, offset);
  }
}
