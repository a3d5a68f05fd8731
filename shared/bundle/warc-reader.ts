import { isUtf8 } from 'node:buffer';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { BundleError } from './bundle-error.ts';
import type { IndexedRecord } from './bundle-index.ts';
import { MEMBER_HEAD_BYTES, MEMBER_START, MEMBER_TRAILER_BYTES, MIN_MEMBER_BYTES, unpackMember } from './gzip-member.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

/** One WARC record: its own header (with the empty line after it), and its block. */
export type ReadRecord = {
  readonly headerText: string;
  readonly block: AsyncIterable<Buffer> | readonly Buffer[];
  readonly blockBytes: number;
};

const WHOLE_BELOW = 1_048_576;
const MAX_HEADER_BYTES = 65_536;
const BLOCK_BYTES = 262_144;
const HEADER_END = Buffer.from('\r\n\r\n');

/** Room for a header, and for what somebody put there instead of one. */
const HEADER_ROOM = 2 * MAX_HEADER_BYTES;

/**
 * Reads the one gzip member at the place the index names. Throws BundleError BUNDLE_DAMAGED when no whole record is there, or its block turns out to be
 * longer than `maxBlockBytes` and a little: a few bytes can be packed that unpack to any number of them.
 */
export async function readWarcRecord(
  zip: MemberArchive,
  warc: ZipEntry,
  place: IndexedRecord,
  maxBlockBytes = Number.POSITIVE_INFINITY,
): Promise<ReadRecord> {
  if (place.length < MIN_MEMBER_BYTES || place.offset + place.length > warc.bytes)
    throw damaged(place, 'the index points outside the archive');
  const maxBytes = maxBlockBytes + HEADER_ROOM;
  const pieces = place.length <= WHOLE_BELOW ? wholeMember(zip, warc, place, maxBytes) : streamedMember(zip, warc, place, maxBytes);
  const reader = pieces[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const step = await reader.next();
    if (step.done || head.length > MAX_HEADER_BYTES) throw damaged(place, 'it has no header');
    head = Buffer.concat([head, step.value]);
    end = head.subarray(0, MAX_HEADER_BYTES).indexOf(HEADER_END);
  }
  const headerText = readHeader(head, end + 4, place);
  const blockBytes = statedLength(headerText, place);
  return { headerText, blockBytes, block: blockOf(head.subarray(end + 4), reader, blockBytes, place) };
}

/** A record that is already unpacked. */
export function splitRecord(whole: Buffer, place: IndexedRecord, maxBlockBytes = Number.POSITIVE_INFINITY): ReadRecord {
  if (whole.length > maxBlockBytes + HEADER_ROOM) throw tooLong(place);
  const end = whole.subarray(0, MAX_HEADER_BYTES).indexOf(HEADER_END);
  if (end < 0) throw damaged(place, 'it has no header');
  const headerText = readHeader(whole, end + 4, place);
  const blockBytes = statedLength(headerText, place);
  const block = whole.subarray(end + 4, end + 4 + blockBytes);
  if (block.length !== blockBytes) throw damaged(place, 'it ends early');
  if (!whole.subarray(end + 4 + blockBytes).equals(HEADER_END)) throw damaged(place, 'it does not end where it should');
  return { headerText, blockBytes, block: [block] };
}

/** One text has one form in bytes: what is no UTF-8 would be read as something that is. */
function readHeader(whole: Buffer, end: number, place: IndexedRecord): string {
  const bytes = whole.subarray(0, end);
  if (!isUtf8(bytes)) throw damaged(place, 'its header is malformed');
  return bytes.toString('utf8');
}

const LENGTH_FIELD = '\r\nContent-Length: ';

/** Whoever checks compares the whole header with the one that should be there: nothing but the length is read of it. */
function statedLength(headerText: string, place: IndexedRecord): number {
  const at = headerText.indexOf(LENGTH_FIELD);
  if (!headerText.startsWith('WARC/1.1\r\n') || headerText.includes(LENGTH_FIELD, at + 1)) throw damaged(place, 'its header is malformed');
  const digits = headerText.slice(at + LENGTH_FIELD.length, headerText.indexOf('\r\n', at + 2));
  if (at < 0 || !/^\d{1,15}$/.test(digits)) throw damaged(place, 'it does not say how long it is');
  return Number(digits);
}

async function* wholeMember(zip: MemberArchive, warc: ZipEntry, place: IndexedRecord, maxBytes: number): AsyncGenerator<Buffer> {
  const compressed = await zip.readAt(warc, place.offset, place.length);
  let bytes: Buffer;
  try {
    bytes = unpackMember(compressed, Math.min(maxBytes, 64 * WHOLE_BELOW));
  } catch (error) {
    // A bomb, or a body that packs better than 64:1: unpack it piece by piece.
    if (error instanceof RangeError) return yield* streamedMember(zip, warc, place, maxBytes);
    throw damaged(place, 'its compressed bytes are damaged', error);
  }
  yield bytes;
}

async function* streamedMember(zip: MemberArchive, warc: ZipEntry, place: IndexedRecord, maxBytes: number): AsyncGenerator<Buffer> {
  const packedBytes = place.length - MEMBER_HEAD_BYTES - MEMBER_TRAILER_BYTES;
  const inflate = createInflateRaw({ chunkSize: BLOCK_BYTES });
  const feeding = pipeline(memberBytes(zip, warc, place.offset + MEMBER_HEAD_BYTES, packedBytes), inflate);
  feeding.catch(() => undefined);
  const start = await zip.readAt(warc, place.offset, MEMBER_HEAD_BYTES);
  const trailer = await zip.readAt(warc, place.offset + place.length - MEMBER_TRAILER_BYTES, MEMBER_TRAILER_BYTES);
  let size = 0;
  let check = 0;
  try {
    for await (const piece of inflate) {
      size += (piece as Buffer).length;
      if (size > maxBytes) throw tooLong(place);
      check = crc32(piece as Buffer, check);
      yield piece as Buffer;
    }
    await feeding;
    const isOne = start.readUInt32BE(0) === MEMBER_START && inflate.bytesWritten === packedBytes;
    if (!isOne || trailer.readUInt32LE(4) !== size % 2 ** 32 || trailer.readUInt32LE(0) !== check) throw new Error('more than one member');
  } catch (error) {
    throw error instanceof BundleError ? error : damaged(place, 'its compressed bytes are damaged', error);
  } finally {
    inflate.destroy();
  }
}

async function* memberBytes(zip: MemberArchive, warc: ZipEntry, offset: number, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; at += BLOCK_BYTES) {
    yield await zip.readAt(warc, offset + at, Math.min(BLOCK_BYTES, length - at));
  }
}

/** Exactly the block, then exactly the two line ends that close a record. */
async function* blockOf(first: Buffer, reader: AsyncIterator<Buffer>, blockBytes: number, place: IndexedRecord): AsyncGenerator<Buffer> {
  let left = blockBytes;
  let tail: Buffer = Buffer.alloc(0);
  let piece: Buffer = first;
  try {
    for (;;) {
      const own = piece.subarray(0, left);
      left -= own.length;
      if (own.length > 0) yield own;
      if (own.length < piece.length) tail = Buffer.concat([tail, piece.subarray(own.length)]);
      if (tail.length > HEADER_END.length) break;
      const step = await reader.next();
      if (step.done) break;
      piece = step.value;
    }
  } finally {
    await reader.return?.();
  }
  if (left > 0) throw damaged(place, 'it ends early');
  if (!tail.equals(HEADER_END)) throw damaged(place, 'it does not end where it should');
}

const tooLong = (place: IndexedRecord): BundleError => damaged(place, 'it unpacks to more than the leaves speak of');

const damaged = (place: IndexedRecord, what: string, cause?: unknown): BundleError =>
  new BundleError(
    'BUNDLE_DAMAGED',
    `The ${place.record} record at byte ${place.offset} of the archive is damaged: ${what}. Fetch the bundle again from whoever exported it.`,
    { cause },
  );
