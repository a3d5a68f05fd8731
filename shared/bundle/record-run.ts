import { crc32, gunzipSync } from 'node:zlib';
import type { ArchivePlace, ArchivePlaces } from './archive-places.ts';
import { MEMBER_START, type ReadRecord, readWarcRecord, splitRecord } from './warc-reader.ts';
import type { ZipArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const RUN_BYTES = 524_288;
const MAX_UNPACKED_BYTES = 32 * 1_048_576;
const TRAILER_BYTES = 8;
const MIN_MEMBER_BYTES = 20;

/** Records `first` to `first + records.length - 1`, unpacked together. */
type Run = { readonly first: number; readonly records: readonly Buffer[] };

/**
 * Reads records of the archive in their order. Many small gzip members are unpacked in one call, which costs a fifth of as many calls; a run whose
 * members are not exactly where the index says is read record by record, so that the one at fault is named.
 */
export class RecordRuns {
  readonly #zip: ZipArchive;
  readonly #warc: ZipEntry;
  readonly #places: ArchivePlaces;
  #run: Run = { first: 0, records: [] };

  constructor(zip: ZipArchive, warc: ZipEntry, places: ArchivePlaces) {
    this.#zip = zip;
    this.#warc = warc;
    this.#places = places;
  }

  /** `first`: rank of the first record that is wanted soon. Throws BundleError BUNDLE_DAMAGED when no whole record is there. */
  async read(place: ArchivePlace, first = place.rank): Promise<ReadRecord> {
    if (this.#known(place.rank) === undefined) await this.#unpackFrom(first);
    const known = this.#known(place.rank);
    return known === undefined ? await readWarcRecord(this.#zip, this.#warc, place) : splitRecord(known, place);
  }

  #known(rank: number): Buffer | undefined {
    return this.#run.records[rank - this.#run.first];
  }

  async #unpackFrom(first: number): Promise<void> {
    const { offset } = this.#places.at(first);
    let end = first;
    let bytes = 0;
    while (end < this.#places.size) {
      const { length } = this.#places.at(end);
      // Shorter, even negative, where the index names one place twice or one behind the end.
      if (length < MIN_MEMBER_BYTES || bytes + length > RUN_BYTES) break;
      bytes += length;
      end += 1;
    }
    if (end - first < 2 || offset + bytes > this.#warc.bytes) return;
    const packed = await this.#zip.readAt(this.#warc, offset, bytes);
    const records = unpackRun(
      packed,
      Array.from({ length: end - first }, (_, index) => this.#places.at(first + index).length),
    );
    if (records !== undefined) this.#run = { first, records };
  }
}

/** Gzip members of the given lengths. `undefined` unless each unpacks to exactly the bytes whose size and CRC-32 its trailer states. */
function unpackRun(packed: Buffer, lengths: readonly number[]): Buffer[] | undefined {
  let whole: Buffer;
  try {
    whole = gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch {
    return undefined;
  }
  const records: Buffer[] = [];
  let at = 0;
  let end = 0;
  for (const length of lengths) {
    const begin = end;
    end += length;
    if (length < MIN_MEMBER_BYTES || end > packed.length || packed.readUInt32BE(begin) !== MEMBER_START) return undefined;
    const size = packed.readUInt32LE(end - 4);
    const record = whole.subarray(at, at + size);
    if (record.length !== size || crc32(record) !== packed.readUInt32LE(end - TRAILER_BYTES)) return undefined;
    records.push(record);
    at += size;
  }
  return at === whole.length ? records : undefined;
}
