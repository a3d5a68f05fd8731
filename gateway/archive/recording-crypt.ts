/**
 * How a member of a recording is encrypted: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM, as age and Tink do it.
 * Segments of 64 KiB, each followed by its tag of 16 bytes; the nonce is 7 zero bytes, the number of the segment (u32, big endian) and 1 for the last
 * segment, else 0: no segment can be dropped, swapped or repeated, and any range can be read by itself. An empty member is one empty segment.
 *
 * The data key is used for one text only, so that a constant nonce prefix is safe: it is HKDF-SHA-256(key of the subject, salt = SHA-256 of the text).
 * Sealing the same member again therefore gives the same object, and readers need only the wrapped key beside it.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

export const SEGMENT_BYTES = 65_536;
export const TAG_BYTES = 16;
const KEY_BYTES = 32;
const KEY_WRAP_IV = Buffer.alloc(8, 0xa6);

export const deriveDataKey = (subjectKey: Buffer, sha256OfText: string): Buffer =>
  derive(subjectKey, Buffer.from(sha256OfText, 'hex'), 'steno recording data key v1');

export function wrapDataKey(subjectKey: Buffer, dataKey: Buffer): string {
  const cipher = createCipheriv('id-aes256-wrap', wrappingKey(subjectKey), KEY_WRAP_IV);
  return Buffer.concat([cipher.update(dataKey), cipher.final()]).toString('base64');
}

/** `undefined`: this subject's key did not wrap it. */
export function unwrapDataKey(subjectKey: Buffer, wrapped: string): Buffer | undefined {
  const decipher = createDecipheriv('id-aes256-wrap', wrappingKey(subjectKey), KEY_WRAP_IV);
  try {
    const key = Buffer.concat([decipher.update(Buffer.from(wrapped, 'base64')), decipher.final()]);
    return key.length === KEY_BYTES ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Segments of a text of `bytes`; at least one. */
const segmentsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / SEGMENT_BYTES));
export const encryptedBytes = (bytes: number): number => bytes + segmentsOf(bytes) * TAG_BYTES;

/** Each segment is overwritten by the next. */
export async function* encrypt(pieces: AsyncIterable<Uint8Array>, bytes: number, key: Buffer): AsyncGenerator<Buffer> {
  const last = segmentsOf(bytes) - 1;
  const block = Buffer.allocUnsafeSlow(SEGMENT_BYTES + TAG_BYTES);
  let index = 0;
  for await (const segment of cut(pieces, SEGMENT_BYTES)) {
    if (index > last) throw new RangeError('more bytes than were announced');
    yield encryptSegment(block, segment, index, index === last, key);
    index += 1;
  }
  if (bytes === 0) yield encryptSegment(block, Buffer.alloc(0), 0, true, key);
  else if (index <= last) throw new RangeError('fewer bytes than were announced');
}

/**
 * The clear bytes of the segments `first` to before `end` (default: all) of a text of `bytes`; `pieces` are these segments, neither more nor less.
 * Throws DecryptionFailed.
 */
export async function* decrypt(
  pieces: AsyncIterable<Uint8Array>,
  bytes: number,
  key: Buffer,
  { first, end }: { readonly first: number; readonly end: number } = { first: 0, end: segmentsOf(bytes) },
): AsyncGenerator<Buffer> {
  const last = segmentsOf(bytes) - 1;
  let index = first;
  for await (const segment of cut(pieces, SEGMENT_BYTES + TAG_BYTES)) {
    if (index === end) throw new DecryptionFailed(index);
    yield decryptSegment(segment, index, index === last, key);
    index += 1;
  }
  if (index < end) throw new DecryptionFailed(index);
}

/** A segment is not what was written at this place under this key. */
export class DecryptionFailed extends Error {
  override readonly name = 'DecryptionFailed';

  constructor(segment: number) {
    super(`segment ${segment} is not what was encrypted`);
  }
}

/** Where the segments lie that hold a range of the text: their numbers, and the bytes of the object to read. */
export function segmentRange(bytes: number, { offset, length }: { readonly offset: number; readonly length: number }) {
  const first = Math.floor(offset / SEGMENT_BYTES);
  const end = Math.min(segmentsOf(bytes), segmentsOf(offset + length));
  const from = first * (SEGMENT_BYTES + TAG_BYTES);
  return { first, end, offset: from, length: Math.min(encryptedBytes(bytes), end * (SEGMENT_BYTES + TAG_BYTES)) - from };
}

/** A small text as one piece: nonce, ciphertext and tag in base64. The nonce follows from the text, so that the same text gives the same piece. */
export function sealText(subjectKey: Buffer, text: string): string {
  const nonce = derive(subjectKey, Buffer.from(text), 'steno sealed text nonce v1').subarray(0, 12);
  const cipher = createCipheriv('aes-256-gcm', derive(subjectKey, NO_SALT, 'steno sealed text v1'), nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** `undefined`: not sealed under this key. */
export function openText(subjectKey: Buffer, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < 12 + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', derive(subjectKey, NO_SALT, 'steno sealed text v1'), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, bytes.length - TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Into `block`; returns the part of it that was written. */
function encryptSegment(block: Buffer, segment: Buffer, index: number, isLast: boolean, key: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, isLast));
  moveInto(block, 0, cipher.update(segment));
  // GCM is a stream: nothing is left to come but the tag.
  cipher.final();
  block.set(cipher.getAuthTag(), segment.length);
  return block.subarray(0, segment.length + TAG_BYTES);
}

function decryptSegment(segment: Buffer, index: number, isLast: boolean, key: Buffer): Buffer {
  const end = segment.length - TAG_BYTES;
  if (end < 0) throw new DecryptionFailed(index);
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, isLast));
  decipher.setAuthTag(segment.subarray(end));
  const clear = decipher.update(segment.subarray(0, end));
  try {
    decipher.final();
  } catch {
    throw new DecryptionFailed(index);
  }
  return clear;
}

/** Copies bytes that nobody else has, and frees them at once: the garbage collector would let tens of megabytes of them lie. */
function moveInto(block: Buffer, at: number, bytes: Buffer): void {
  block.set(bytes, at);
  if (bytes.buffer.byteLength === bytes.length && bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0);
}

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

const NO_SALT = Buffer.alloc(0);
const derive = (key: Buffer, salt: Buffer, info: string): Buffer => Buffer.from(hkdfSync('sha256', key, salt, info, KEY_BYTES));
const wrappingKey = (subjectKey: Buffer): Buffer => derive(subjectKey, NO_SALT, 'steno recording key wrap v1');

/** The same bytes in pieces of exactly `size`, the last one shorter. */
async function* cut(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const take = Math.min(size - filled, piece.length - at);
      block.set(piece.subarray(at, at + take), filled);
      filled += take;
      at += take;
      if (filled < size) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
