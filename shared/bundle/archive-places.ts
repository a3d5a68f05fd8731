import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BundleError } from './bundle-error.ts';
import { archivedRecords, bundlePaths, type IndexEntry } from './format.ts';
import { readLineRuns } from './read-lines.ts';
import type { Report } from './verification.ts';
import type { ZipArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

/** Where a record lies, by its rank in the archive. */
export type ArchivePlace = {
  readonly rank: number;
  readonly record: IndexEntry['record'];
  readonly offset: number;
  readonly length: number;
};

const LINE = /^urn:uuid:([0-9a-f-]{36}) \d{14} \{.*"record":"([a-z-]+)".*"offset":"(\d{1,13})","length":"\d{1,13}"\}$/s;
const MAX_LINE_BYTES = 65_536;
const KIND_BITS = 3n;
const TAG_BITS = 17n;
const KEY_BYTES = 32;
const SHIFT = KIND_BITS + TAG_BITS;

/**
 * The index in the order of the archive, in eight bytes a record: offset, kind and a few bits of the exchange, enough to find the next exchange
 * again after a gap. Lengths follow from the offsets. Whether each line is the one that belongs there shows in the end (LineTally).
 */
export class ArchivePlaces {
  readonly tally: LineTally;
  readonly #packed: BigUint64Array;
  readonly #archiveBytes: number;
  #next = 0;

  private constructor(packed: BigUint64Array, archiveBytes: number, tally: LineTally) {
    this.#packed = packed;
    this.#archiveBytes = archiveBytes;
    this.tally = tally;
  }

  static async read(zip: ZipArchive, index: ZipEntry, warc: ZipEntry, report: Report): Promise<ArchivePlaces> {
    const tally = new LineTally();
    let packed = new BigUint64Array(4_096);
    let size = 0;
    let before = '';
    try {
      for await (const lines of readLineRuns(zip.stream(index), MAX_LINE_BYTES, bundlePaths.index)) {
        for (const line of lines) {
          const text = line.toString('utf8');
          const place = parsePlace(text);
          if (place === undefined || text <= before)
            report.fault('archive', bundlePaths.index, 'holds a line that does not fit the format, or out of order');
          before = text;
          if (place === undefined) continue;
          tally.add(line);
          if (size === packed.length) packed = grown(packed);
          packed[size] = place;
          size += 1;
        }
      }
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      report.fault('archive', bundlePaths.index, error.message);
    }
    return new ArchivePlaces(packed.subarray(0, size).sort(), warc.bytes, tally);
  }

  get size(): number {
    return this.#packed.length;
  }

  /** The place that comes next, if any is left. */
  get next(): ArchivePlace | undefined {
    return this.isDone ? undefined : this.at(this.#next);
  }

  get isDone(): boolean {
    return this.#next === this.size;
  }

  /** Where the first record lies, after the one that describes the archive. */
  get start(): number {
    return this.size === 0 ? this.#archiveBytes : this.at(0).offset;
  }

  at(rank: number): ArchivePlace {
    const packed = this.#packed[rank]!;
    const offset = Number(packed >> SHIFT);
    const end = rank + 1 < this.size ? Number(this.#packed[rank + 1]! >> SHIFT) : this.#archiveBytes;
    return { rank, record: archivedRecords[Number(packed & 7n)]!, offset, length: end - offset };
  }

  /** The next records, as far as they belong to this exchange: up to its metadata, or the one with its column salts. */
  take(exchangeId: string): ArchivePlace[] {
    const tag = tagOf(exchangeId);
    const places: ArchivePlace[] = [];
    while (this.#next < this.size && ((this.#packed[this.#next]! >> KIND_BITS) & ((1n << TAG_BITS) - 1n)) === tag) {
      const place = this.at(this.#next);
      if (place.record === 'columns' && places.length > 0) break;
      places.push(place);
      this.#next += 1;
      if (place.record === 'metadata' || place.record === 'columns') break;
    }
    return places;
  }
}

function parsePlace(text: string): bigint | undefined {
  const [, exchangeId, record, offset] = LINE.exec(text) ?? [];
  const kind = archivedRecords.indexOf(record as IndexEntry['record']);
  if (exchangeId === undefined || kind < 0) return undefined;
  return (BigInt(offset!) << SHIFT) | (tagOf(exchangeId) << KIND_BITS) | BigInt(kind);
}

/** Of the whole id, so that a damaged one is another wherever it is damaged. */
const tagOf = (exchangeId: string): bigint => BigInt(crc32(exchangeId) & 0x1_ffff);

function grown(packed: BigUint64Array): BigUint64Array<ArrayBuffer> {
  const larger = new BigUint64Array(packed.length * 2);
  larger.set(packed);
  return larger;
}

/**
 * Which lines there are, in any order and in no memory: sums of their digests under a key that nobody knows beforehand, so that no two sets of
 * lines can be made to have the same one.
 */
export class LineTally {
  readonly #key: Buffer;
  readonly #sums = new Uint32Array(4);
  #scratch = Buffer.allocUnsafe(4_096);

  constructor(key: Buffer = randomBytes(KEY_BYTES)) {
    this.#key = key;
    key.copy(this.#scratch);
  }

  add(line: string | Buffer): void {
    const bytes = Buffer.byteLength(line);
    if (bytes + KEY_BYTES > this.#scratch.length) {
      this.#scratch = Buffer.allocUnsafe((bytes + KEY_BYTES) * 2);
      this.#key.copy(this.#scratch);
    }
    if (typeof line === 'string') this.#scratch.write(line, KEY_BYTES);
    else line.copy(this.#scratch, KEY_BYTES);
    const digest = hash('sha256', this.#scratch.subarray(0, KEY_BYTES + bytes), 'buffer');
    for (let lane = 0; lane < 4; lane += 1) this.#sums[lane] = this.#sums[lane]! + digest.readUInt32LE(lane * 4);
  }

  /** An empty tally under the same key. */
  another(): LineTally {
    return new LineTally(this.#key);
  }

  equals(other: LineTally): boolean {
    return this.#sums.every((sum, lane) => sum === other.#sums[lane]);
  }
}
