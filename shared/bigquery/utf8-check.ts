import { isUtf8 } from 'node:buffer';

/** Whether text that comes in chunks is UTF-8; a character may be cut by the end of a chunk. */
export class Utf8Check {
  #cut: Buffer = NOTHING;

  /** No character is under way. */
  get isWhole(): boolean {
    return this.#cut.length === 0;
  }

  push(chunk: Buffer): boolean {
    const missing = this.#cut.length === 0 ? 0 : widthOf(this.#cut[0]!) - this.#cut.length;
    if (missing > chunk.length) {
      this.#cut = Buffer.concat([this.#cut, chunk]);
      return true;
    }
    const isSound = missing === 0 || isUtf8(Buffer.concat([this.#cut, chunk.subarray(0, missing)]));
    const end = Math.max(missing, lastCharacter(chunk));
    this.#cut = end === chunk.length ? NOTHING : Buffer.from(chunk.subarray(end));
    return isSound && isUtf8(chunk.subarray(missing, end));
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

/** How many bytes the character has that begins with this byte. */
const widthOf = (byte: number): number => (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1);

/** Where the last character begins that the end of the chunk cuts; the chunk's length when none. */
function lastCharacter(chunk: Buffer): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back += 1) {
    const byte = chunk[chunk.length - back]!;
    if (byte >= 0xc0) return widthOf(byte) > back ? chunk.length - back : chunk.length;
    if (byte < 0x80) break;
  }
  return chunk.length;
}
