import { crc32 } from 'node:zlib';
import { type BodySide, bodySides } from '../../shared/bundle/format/body-sides.ts';
import { crc32c } from './crc32c.ts';

/**
 * A journal is a row of frames: a header of 28 bytes, then the payload.
 *
 *   0 u32 length of the payload      12 u32 exchange number in its session, 0 = none
 *   4 u8  type                       16 u32 check of the payload
 *   5 u8  body side                  20 u32 CRC-32C of bytes 0-19
 *   6 u16 flags                      24 u32 zero: its last byte is the RFC 6962 leaf prefix, so that header
 *   8 u32 session number, 0 = none          and leaf are hashed where they lie
 *
 * Headers, and all payloads but bodies, are checked by CRC-32C; bodies by zlib's CRC-32, which costs a quarter and whose value
 * stands under the header's CRC-32C.
 */
export const HEADER_BYTES = 28;
export const MAX_PAYLOAD_BYTES = 64 * 1_048_576;

export const frameTypes = {
  leaf: 1,
  disclosure: 2,
  body: 3,
  writerLeaf: 4,
  checkpoint: 5,
  /** "All before this offset of the segment is durable": f64, then the segment's nonce of 16 bytes. */
  mark: 6,
  segment: 7,
  /** State of the writer where the segment begins, so that recovery reads one segment. */
  carry: 8,
  /** Nothing follows: the segment is whole and durable. */
  seal: 9,
  /** Salts of 16 bytes: of an answer without its rows, then of its columns. Before the leaf `columns` of the exchange. */
  columnSalts: 10,
  /** A piece of an age file: what a body of stored form `sealed` is in the bundle. */
  sealedBody: 11,
} as const;
export type FrameType = (typeof frameTypes)[keyof typeof frameTypes];

/** The first piece of a chunk: the payload begins with the chunk's salt. */
export const FLAG_CHUNK_BEGINS = 1;
/** Of the leaf that ends an exchange: digests of the columns of its answer will follow. */
export const FLAG_COLUMNS_DUE = 2;
export const SALT_BYTES = 16;

export type FrameHeader = {
  readonly length: number;
  readonly type: FrameType;
  readonly side: number;
  readonly flags: number;
  readonly session: number;
  readonly exchange: number;
  readonly check: number;
};

const lastType = frameTypes.sealedBody;

export function writeHeader(
  target: Buffer,
  at: number,
  length: number,
  type: FrameType,
  side: number,
  flags: number,
  session: number,
  exchange: number,
  check: number,
): void {
  target.writeUInt32LE(length, at);
  target[at + 4] = type;
  target[at + 5] = side;
  target.writeUInt16LE(flags, at + 6);
  target.writeUInt32LE(session, at + 8);
  target.writeUInt32LE(exchange, at + 12);
  target.writeUInt32LE(check, at + 16);
  target.writeUInt32LE(crc32c(target, at, at + 20), at + 20);
  target.writeUInt32LE(0, at + 24);
}

/** `undefined`: no sound header stands here. */
export function readHeader(source: Buffer, at: number): FrameHeader | undefined {
  if (at + HEADER_BYTES > source.length || readU32(source, at + 24) !== 0) return undefined;
  const length = readU32(source, at);
  const type = source[at + 4] as FrameType;
  if (type < 1 || type > lastType || length > MAX_PAYLOAD_BYTES) return undefined;
  if (readU32(source, at + 20) !== crc32c(source, at, at + 20)) return undefined;
  return {
    length,
    type,
    side: source[at + 5]!,
    flags: source[at + 6]! | (source[at + 7]! << 8),
    session: readU32(source, at + 8),
    exchange: readU32(source, at + 12),
    check: readU32(source, at + 16),
  };
}

/** As `readUInt32LE`, whose own checks of bounds cost more than the rest of a header. */
const readU32 = (source: Buffer, at: number): number =>
  (source[at]! | (source[at + 1]! << 8) | (source[at + 2]! << 16) | (source[at + 3]! << 24)) >>> 0;

export function isPayloadSound(header: FrameHeader, payload: Buffer): boolean {
  return header.check === (header.type === frameTypes.body ? crc32(payload) : crc32c(payload));
}

export const sideNumber = (side: BodySide): number => bodySides.indexOf(side) + 1;
export const sideOf = (header: FrameHeader): BodySide | undefined => bodySides[header.side - 1];
