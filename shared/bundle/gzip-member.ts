import { crc32, type InflateRaw, inflateRawSync } from 'node:zlib';

/** Magic, deflate, no flags: no name, comment or extra field. */
export const MEMBER_START = 0x1f8b0800;
export const MIN_MEMBER_BYTES = 20;
export const MEMBER_HEAD_BYTES = 10;
export const MEMBER_TRAILER_BYTES = 8;

/**
 * The content of exactly one gzip member (RFC 1952). What Node unpacks of gzip are all members that follow each other, up to the first zero byte: an empty
 * member before it, or zeros behind it, would go unseen. Throws on anything else, a RangeError where it is longer than `maxBytes`.
 */
export function unpackMember(packed: Buffer, maxBytes: number): Buffer {
  const end = packed.length - MEMBER_TRAILER_BYTES;
  if (packed.length < MIN_MEMBER_BYTES || packed.readUInt32BE(0) !== MEMBER_START) throw new Error('not a gzip member');
  const { bytes, read } = inflateAll(packed.subarray(MEMBER_HEAD_BYTES, end), maxBytes);
  const isWhole = read === end - MEMBER_HEAD_BYTES && packed.readUInt32LE(end) === crc32(bytes);
  if (!isWhole || packed.readUInt32LE(end + 4) !== bytes.length) throw new Error('more than one gzip member, or a damaged one');
  return bytes;
}

/** `read`: bytes up to the end of the deflate stream. */
function inflateAll(packed: Buffer, maxBytes: number): { readonly bytes: Buffer; readonly read: number } {
  const done: unknown = inflateRawSync(packed, { maxOutputLength: maxBytes, info: true });
  const { buffer, engine } = done as { readonly buffer: Buffer; readonly engine: InflateRaw };
  return { bytes: buffer, read: engine.bytesWritten };
}

const EMPTY_MEMBER_END = Buffer.from('00000000000000001f8b08', 'hex');

/**
 * Whether an empty member may stand before another one: the size and CRC-32 that its trailer states, then the magic of the next. Of members whose
 * trailers were compared with all that they hold, nothing else can hide.
 */
export const mayHoldEmptyMember = (packed: Buffer): boolean => packed.includes(EMPTY_MEMBER_END);
