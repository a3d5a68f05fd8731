import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FileSink } from './file-sink.ts';
import { INDEX_BLOCK_LINES, INDEX_META, type IndexBlock } from './format.ts';

const FIRST_BYTES = 262_144;
const LINE_FEED = 0x0a;

/** Writes lines that come in order as an index in blocks, each a gzip member of its own, and the list of blocks beside it. */
export class IndexWriter {
  readonly #blocks: FileSink;
  readonly #list: FileSink;
  #block = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #bytes = 0;
  #lines = 0;

  constructor(blocks: FileSink, list: FileSink) {
    this.#blocks = blocks;
    this.#list = list;
    list.writeNow(Buffer.from(`${INDEX_META}\n`));
  }

  /** A line with its line feed. */
  add(line: Buffer): void {
    while (this.#bytes + line.length > this.#block.length) this.#block = Buffer.concat([this.#block], this.#block.length * 2);
    line.copy(this.#block, this.#bytes);
    this.#bytes += line.length;
    this.#lines += 1;
    if (this.#lines === INDEX_BLOCK_LINES) this.flush();
  }

  /** After the last line. */
  flush(): void {
    if (this.#lines === 0) return;
    const block = this.#block.subarray(0, this.#bytes);
    const packed = gzipSync(block, { level: 9 });
    const key = keyOf(block.toString('utf8', 0, block.indexOf(LINE_FEED)));
    const place = { offset: this.#blocks.position, length: packed.length, digest: `sha256:${hash('sha256', packed, 'hex')}` };
    this.#list.writeNow(Buffer.from(`${renderBlock({ key, ...place })}\n`));
    this.#blocks.writeNow(packed);
    [this.#bytes, this.#lines] = [0, 0];
  }
}

/** Key and time, before what is told of them. */
export const keyOf = (line: string): string => line.slice(0, line.indexOf(' {'));

/** `key`: key and time of its first line. */
export type PlacedBlock = IndexBlock & { readonly key: string };

/** A line of index.idx after the first. */
export const renderBlock = ({ key, offset, length, digest }: PlacedBlock): string =>
  `${key} {"offset":${offset},"length":${length},"digest":"${digest}"}`;
