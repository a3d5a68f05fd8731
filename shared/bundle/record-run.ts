import { crc32, type Gunzip, gunzipSync } from 'node:zlib';
import type { ArchivePlace, ArchivePlaces } from './archive-places.ts';
import { MEMBER_START, MEMBER_TRAILER_BYTES, MIN_MEMBER_BYTES, mayHoldEmptyMember } from './gzip-member.ts';
import { type ReadRecord, readWarcRecord, splitRecord } from './warc-reader.ts';
import type { ZipArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const RUN_BYTES = 262_144;
const MAX_RECORDS = 2_048;
const MAX_UNPACKED_BYTES = 32 * 1_048_576;

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

  /** A record of the run that is at hand. Throws BundleError BUNDLE_DAMAGED. */
  known(place: ArchivePlace, maxBlockBytes: number): ReadRecord | undefined {
    const known = this.#run.records[place.rank - this.#run.first];
    return known === undefined ? undefined : splitRecord(known, place, maxBlockBytes);
  }

  /** `first`: rank of the first record that is wanted soon. Throws BundleError BUNDLE_DAMAGED when no whole record is there. */
  async read(place: ArchivePlace, maxBlockBytes: number, first = place.rank): Promise<ReadRecord> {
    const known = this.known(place, maxBlockBytes);
    if (known !== undefined) return known;
    await this.#unpackFrom(first);
    return this.known(place, maxBlockBytes) ?? (await readWarcRecord(this.#zip, this.#warc, place, maxBlockBytes));
  }

  async #unpackFrom(first: number): Promise<void> {
    const lengths: number[] = [];
    let bytes = 0;
    let place = this.#places.at(first);
    const offset = place?.offset ?? 0;
    // Shorter, even negative, where the index names one place twice or one behind the end.
    while (place !== undefined && place.length >= MIN_MEMBER_BYTES && bytes + place.length <= RUN_BYTES && lengths.length < MAX_RECORDS) {
      bytes += place.length;
      lengths.push(place.length);
      place = this.#places.at(first + lengths.length);
    }
    if (lengths.length < 2 || offset + bytes > this.#warc.bytes) return;
    const records = unpackMembers(await this.#zip.readAt(this.#warc, offset, bytes), lengths);
    if (records !== undefined) this.#run = { first, records };
  }
}

/** Gzip members of the given lengths. `undefined` unless each unpacks to exactly the bytes whose size and CRC-32 its trailer states. */
export function unpackMembers(packed: Buffer, lengths: readonly number[]): Buffer[] | undefined {
  const sizes = sizesOf(packed, lengths);
  if (sizes === undefined) return undefined;
  const whole = unpack(packed, sizes);
  if (whole === undefined) return undefined;
  const records: Buffer[] = [];
  let at = 0;
  let end = 0;
  for (const [index, length] of lengths.entries()) {
    end += length;
    const record = whole.subarray(at, at + sizes[index]!);
    if (record.length !== sizes[index] || crc32(record) !== packed.readUInt32LE(end - MEMBER_TRAILER_BYTES)) return undefined;
    records.push(record);
    at += record.length;
  }
  return at === whole.length ? records : undefined;
}

/** What each member says that it unpacks to. */
function sizesOf(packed: Buffer, lengths: readonly number[]): number[] | undefined {
  const sizes: number[] = [];
  let end = 0;
  for (const length of lengths) {
    const begin = end;
    end += length;
    if (length < MIN_MEMBER_BYTES || end > packed.length || packed.readUInt32BE(begin) !== MEMBER_START) return undefined;
    sizes.push(packed.readUInt32LE(end - 4));
  }
  return sizes;
}

/** In one block of the size that is due, so that nothing is put together from pieces. `undefined` where not every byte is of a member with content. */
function unpack(packed: Buffer, sizes: readonly number[]): Buffer | undefined {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > MAX_UNPACKED_BYTES || mayHoldEmptyMember(packed)) return undefined;
  try {
    const done: unknown = gunzipSync(packed, { chunkSize: Math.max(64, bytes + 1), maxOutputLength: MAX_UNPACKED_BYTES, info: true });
    const { buffer, engine } = done as { readonly buffer: Buffer; readonly engine: Gunzip };
    return engine.bytesWritten === packed.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}
