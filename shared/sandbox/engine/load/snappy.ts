// Snappy's block format, which Avro files name `snappy`. https://github.com/google/snappy/blob/main/format_description.txt

/** Throws for a block that is none. */
export function decompressSnappy(block: Uint8Array): Buffer {
  const [length, start] = readLength(block);
  const output = Buffer.alloc(length);
  let at = start;
  let written = 0;
  while (at < block.length) {
    const tag = block[at++]!;
    if ((tag & 3) === 0) {
      const [size, next] = readLiteralSize(block, tag, at);
      if (next + size > block.length || written + size > length) throw new Error('snappy: a literal runs over the end');
      output.set(block.subarray(next, next + size), written);
      at = next + size;
      written += size;
    } else {
      const copy = readCopy(block, tag, at);
      if (copy.offset === 0 || copy.offset > written || written + copy.size > length) throw new Error('snappy: a copy from nowhere');
      // Byte by byte: a copy may reach into what it writes itself.
      for (let index = 0; index < copy.size; index++) output[written + index] = output[written + index - copy.offset]!;
      at = copy.next;
      written += copy.size;
    }
  }
  if (written !== length) throw new Error('snappy: the block is shorter than it says');
  return output;
}

/** A little-endian base-128 number. */
function readLength(block: Uint8Array): readonly [length: number, next: number] {
  let length = 0;
  for (let index = 0; index < 5 && index < block.length; index++) {
    length += (block[index]! & 0x7f) * 2 ** (7 * index);
    if (block[index]! < 0x80) return [length, index + 1];
  }
  throw new Error('snappy: no length');
}

/** Up to 60 bytes are counted in the tag, more in the one to four bytes behind it. */
function readLiteralSize(block: Uint8Array, tag: number, at: number): readonly [size: number, next: number] {
  const inTag = tag >> 2;
  if (inTag < 60) return [inTag + 1, at];
  const bytes = inTag - 59;
  return [readLittleEndian(block, at, bytes) + 1, at + bytes];
}

function readCopy(block: Uint8Array, tag: number, at: number): { readonly offset: number; readonly size: number; readonly next: number } {
  const kind = tag & 3;
  if (kind === 1) return { size: ((tag >> 2) & 7) + 4, offset: ((tag >> 5) << 8) | block[at]!, next: at + 1 };
  const bytes = kind === 2 ? 2 : 4;
  return { size: (tag >> 2) + 1, offset: readLittleEndian(block, at, bytes), next: at + bytes };
}

function readLittleEndian(block: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let index = 0; index < bytes; index++) value += (block[at + index] ?? 0) * 2 ** (8 * index);
  return value;
}

/** A block that any reader takes: matches of four bytes and more within the last 64 KB are copies, the rest literals. */
export function compressSnappy(bytes: Uint8Array): Buffer {
  const output: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    output.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    if (rest < 128) break;
  }
  const lastSeen = new Map<number, number>();
  let literalStart = 0;
  let at = 0;
  while (at + 4 <= bytes.length) {
    const key = readLittleEndian(bytes, at, 4);
    const before = lastSeen.get(key);
    lastSeen.set(key, at);
    if (before === undefined || at - before > 0xffff) {
      at++;
      continue;
    }
    writeLiteral(output, bytes.subarray(literalStart, at));
    const size = matchLength(bytes, before, at);
    output.push(((size - 1) << 2) | 2, (at - before) & 0xff, (at - before) >> 8);
    at += size;
    literalStart = at;
  }
  writeLiteral(output, bytes.subarray(literalStart));
  return Buffer.from(output);
}

function matchLength(bytes: Uint8Array, before: number, at: number): number {
  let size = 4;
  while (size < 64 && at + size < bytes.length && bytes[before + size] === bytes[at + size]) size++;
  return size;
}

const MAX_LITERAL = 65_536;

function writeLiteral(output: number[], literal: Uint8Array): void {
  for (let start = 0; start < literal.length; start += MAX_LITERAL) {
    const piece = literal.subarray(start, start + MAX_LITERAL);
    const count = piece.length - 1;
    if (count < 60) output.push(count << 2);
    else output.push(61 << 2, count & 0xff, count >> 8);
    for (const byte of piece) output.push(byte);
  }
}
