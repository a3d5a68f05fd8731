import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isFault } from './bundle-error.ts';
import { archivedRecords, bundlePaths, type IndexEntry } from './format.ts';
import { NumberSorter, type SortedNumbers } from './number-sorter.ts';
import type { Report } from './verification.ts';
import type { ZipEntry } from './zip-directory.ts';

/** Where a record lies, by its rank in the archive. */
export type ArchivePlace = {
  readonly rank: number;
  readonly record: IndexEntry['record'];
  readonly offset: number;
  readonly length: number;
};

const LINE = /^urn:uuid:([0-9a-f-]{36}) \d{14}(?:\d{3})? \{.*"record":"([a-z-]+)".*"offset":"(\d{1,13})","length":"\d{1,13}"\}$/s;
const BY_ID = Buffer.from('urn:uuid:');
const KEY_BYTES = 32;
/** Behind the offset: a few bits of the exchange and the kind of the record. */
const KIND_BITS = 3;
const TAG_BITS = 17;
const BEHIND_OFFSET = 2 ** (KIND_BITS + TAG_BITS);
const OFFSET_LOW = 2 ** (32 - KIND_BITS - TAG_BITS);
const READ_AHEAD = 1_024;
const MAX_BEHIND = 4_096;

/**
 * The index in the order of the archive: offset, kind and a few bits of the exchange, enough to find the next exchange again after a gap, eight
 * bytes a record, on disk where there are many. Lengths follow from the offsets. Whether each line is the one that belongs there shows in the end
 * (LineTally).
 */
export class ArchivePlaces {
  readonly tally: LineTally;
  /** Where the first record lies, after the one that describes the archive. */
  readonly start: number;
  readonly size: number;
  readonly #sorter: NumberSorter;
  readonly #sorted: SortedNumbers;
  readonly #archiveBytes: number;
  /** The places from rank `#base` on, as far as they were looked at. */
  readonly #window: TaggedPlace[] = [];
  #base = 0;
  #next = 0;
  #hasMore: boolean;

  private constructor(sorter: NumberSorter, archiveBytes: number, tally: LineTally) {
    this.size = sorter.size;
    this.#sorter = sorter;
    this.#sorted = sorter.sorted();
    this.#archiveBytes = archiveBytes;
    this.#hasMore = this.#sorted.read();
    this.start = this.#hasMore ? offsetOf(this.#sorted) : archiveBytes;
    this.tally = tally;
  }

  /** `runs`: the lines of the index. */
  static async read(runs: AsyncIterable<readonly Buffer[]>, warc: ZipEntry, report: Report): Promise<ArchivePlaces> {
    const tally = new LineTally();
    const sorter = new NumberSorter();
    let before: Buffer = Buffer.alloc(0);
    try {
      for await (const lines of runs) {
        for (const line of lines) {
          // What names an answer by its address is judged as a whole: the tally knows which lines there must be.
          const isById = line.subarray(0, BY_ID.length).equals(BY_ID);
          const isPlace = isById && addPlace(sorter, line.toString('utf8'));
          if (isById !== isPlace || line.compare(before) <= 0)
            report.fault('archive', bundlePaths.index, 'holds a line that does not fit the format, or out of order');
          before = line;
          if (isById === isPlace) tally.add(line);
        }
      }
    } catch (error) {
      if (!isFault(error)) throw error;
      report.fault('archive', bundlePaths.index, error.message);
    }
    return new ArchivePlaces(sorter, warc.bytes, tally);
  }

  close(): void {
    this.#sorter.close();
  }

  /** The place that comes next, if any is left. */
  get next(): ArchivePlace | undefined {
    return this.at(this.#next);
  }

  get isDone(): boolean {
    return this.#next === this.size;
  }

  /** From the first place of what was taken last. */
  at(rank: number): ArchivePlace | undefined {
    while (rank >= this.#base + this.#window.length && this.#hasMore) this.#lookAhead();
    return this.#window[rank - this.#base];
  }

  /**
   * The next records, as far as they belong to this exchange and are of these kinds: each kind once, in the order of the format, up to its metadata or
   * the one with its column salts where there are such.
   */
  take(exchangeId: string, kinds: readonly IndexEntry['record'][] = archivedRecords): ArchivePlace[] {
    this.#forget();
    const tag = tagOf(exchangeId);
    const places: ArchivePlace[] = [];
    for (let place = this.#tagged(); place?.tag === tag; place = this.#tagged()) {
      if (place.record === 'columns' && places.length > 0) break;
      if (!kinds.includes(place.record)) break;
      if (kinds !== archivedRecords && places.some(({ record }) => !precedes(record, place.record))) break;
      places.push(place);
      this.#next += 1;
      if (place.record === 'metadata' || place.record === 'columns') break;
    }
    return places;
  }

  #tagged(): TaggedPlace | undefined {
    return this.at(this.#next) as TaggedPlace | undefined;
  }

  #lookAhead(): void {
    for (let count = 0; count < READ_AHEAD && this.#hasMore; count += 1) {
      const offset = offsetOf(this.#sorted);
      const behind = this.#sorted.low % BEHIND_OFFSET;
      this.#hasMore = this.#sorted.read();
      const end = this.#hasMore ? offsetOf(this.#sorted) : this.#archiveBytes;
      const rank = this.#base + this.#window.length;
      this.#window.push({ rank, record: archivedRecords[behind & 7]!, offset, length: end - offset, tag: behind >>> KIND_BITS });
    }
  }

  #forget(): void {
    const behind = this.#next - this.#base;
    if (behind < MAX_BEHIND) return;
    this.#window.splice(0, behind);
    this.#base = this.#next;
  }
}

const precedes = (left: IndexEntry['record'], right: IndexEntry['record']): boolean =>
  archivedRecords.indexOf(left) < archivedRecords.indexOf(right);

type TaggedPlace = ArchivePlace & { readonly tag: number };

const offsetOf = ({ high, low }: SortedNumbers): number => high * OFFSET_LOW + Math.floor(low / BEHIND_OFFSET);

/** False: not a line of ours. */
function addPlace(sorter: NumberSorter, text: string): boolean {
  const [, exchangeId, record, digits] = LINE.exec(text) ?? [];
  const kind = archivedRecords.indexOf(record as IndexEntry['record']);
  if (exchangeId === undefined || kind < 0) return false;
  const offset = Number(digits);
  const behind = tagOf(exchangeId) * 2 ** KIND_BITS + kind;
  sorter.add(Math.floor(offset / OFFSET_LOW), (offset % OFFSET_LOW) * BEHIND_OFFSET + behind);
  return true;
}

/** Of the whole id, so that a damaged one is another wherever it is damaged. */
const tagOf = (exchangeId: string): number => crc32(exchangeId) % 2 ** TAG_BITS;

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
    // As text: a buffer for each digest would cost more than the digest.
    const digest = hash('sha256', this.#scratch.subarray(0, KEY_BYTES + bytes), 'hex');
    for (let lane = 0; lane < 4; lane += 1)
      this.#sums[lane] = this.#sums[lane]! + Number.parseInt(digest.slice(lane * 8, lane * 8 + 8), 16);
  }

  /** An empty tally under the same key. */
  another(): LineTally {
    return new LineTally(this.#key);
  }

  equals(other: LineTally): boolean {
    return this.#sums.every((sum, lane) => sum === other.#sums[lane]);
  }
}
