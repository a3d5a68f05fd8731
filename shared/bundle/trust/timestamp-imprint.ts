import { hash } from 'node:crypto';
import { tags } from './der.ts';

const SIGNED_DATA = '2a864886f70d010702';
const TIMESTAMP_INFO = '2a864886f70d0109100104';
const GENERALIZED_TIME = 0x18;
const hashNames: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};

/** Of DER: what its tag says it is, and what is in it. */
type Part = { readonly tag: number; readonly value: Buffer };

/**
 * Whether this is an RFC 3161 response about `data`. All that can be said where no authority is known: nothing about who made it, so no signature is
 * looked at. Goes through as few fields as verify.py does, so that both say the same of damaged ones.
 */
export function isStampOf(response: Buffer, data: Uint8Array): boolean {
  try {
    const imprint = imprintIn(response);
    return hash(imprint.hash, data, 'hex') === imprint.digest;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Throws RangeError. */
function imprintIn(response: Buffer): { readonly hash: string; readonly digest: string } {
  const [status, token] = partsOf(only(partsOfValue(response), tags.sequence), tags.sequence);
  const granted = hexOf(partsOf(status, tags.sequence)[0], tags.integer);
  const [type, wrapped] = partsOf(token, tags.sequence);
  const [, , content] = partsOf(only(partsOf(wrapped, tags.context0), tags.sequence), tags.sequence);
  const [infoType, infoWrapped] = partsOf(content, tags.sequence);
  const info = only(partsOf(infoWrapped, tags.context0), tags.octets);
  const [version, , imprint, , at] = partsOf(only(partsOfValue(info.value), tags.sequence), tags.sequence);
  const [algorithm, digest] = partsOf(imprint, tags.sequence);
  const name = hashNames[hexOf(partsOf(algorithm, tags.sequence)[0], tags.oid)];
  const isStamp =
    (granted === '00' || granted === '01') &&
    hexOf(type, tags.oid) === SIGNED_DATA &&
    hexOf(infoType, tags.oid) === TIMESTAMP_INFO &&
    hexOf(version, tags.integer) === '01' &&
    at?.tag === GENERALIZED_TIME;
  if (!isStamp || name === undefined) throw new RangeError('no time-stamp');
  return { hash: name, digest: hexOf(digest, tags.octets) };
}

function only(parts: readonly Part[], tag: number): Part {
  if (parts.length !== 1 || parts[0]!.tag !== tag) throw new RangeError('not what should stand there alone');
  return parts[0]!;
}

function hexOf(part: Part | undefined, tag: number): string {
  if (part?.tag !== tag) throw new RangeError('not what should stand there');
  return part.value.toString('hex');
}

function partsOf(part: Part | undefined, tag: number): Part[] {
  if (part?.tag !== tag) throw new RangeError('not what should stand there');
  return partsOfValue(part.value);
}

/** One after the other, up to the last byte. */
function partsOfValue(bytes: Buffer): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at + 1] ?? 0x80;
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    if (first === 0x80 || lengthBytes > 4 || at + 2 + lengthBytes > bytes.length) throw new RangeError('no length');
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    if (start + length > bytes.length) throw new RangeError('too long');
    parts.push({ tag: bytes[at]!, value: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return parts;
}
