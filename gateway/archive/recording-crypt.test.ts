import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DecryptionFailed,
  decrypt,
  deriveDataKey,
  encrypt,
  encryptedBytes,
  openText,
  SEGMENT_BYTES,
  sealText,
  segmentRange,
  TAG_BYTES,
  unwrapDataKey,
  wrapDataKey,
} from './recording-crypt.ts';

const key = randomBytes(32);
const SLOT = SEGMENT_BYTES + TAG_BYTES;

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all);
}
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const encrypted = (text: Buffer): Promise<Buffer> => collect(encrypt(inPieces(text, 10_000), text.length, key));
const decrypted = (bytes: Buffer, length: number): Promise<Buffer> => collect(decrypt(inPieces(bytes, 7_001), length, key));

test.each([0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 3 * SEGMENT_BYTES, 3 * SEGMENT_BYTES + 17])(
  'a text of %i bytes comes back, and takes as much room as was said',
  async (length) => {
    const text = randomBytes(length);
    const bytes = await encrypted(text);
    expect(bytes.length).toBe(encryptedBytes(length));
    expect(await decrypted(bytes, length)).toEqual(text);
  },
);

test('any range is read from its own segments alone', async () => {
  const text = randomBytes(5 * SEGMENT_BYTES + 99);
  const bytes = await encrypted(text);
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.nat(200_000), async (offset, wanted) => {
      const length = Math.max(1, Math.min(wanted, text.length - offset));
      const place = segmentRange(text.length, { offset, length });
      const part = bytes.subarray(place.offset, place.offset + place.length);
      const clear = await collect(decrypt(inPieces(part, 4_096), text.length, key, place));
      const from = offset - place.first * SEGMENT_BYTES;
      expect(clear.subarray(from, from + length).equals(text.subarray(offset, offset + length))).toBe(true);
      expect(part.length).toBeLessThanOrEqual(length + 2 * SLOT);
    }),
    { numRuns: 60 },
  );
});

test('segments that are cut off, swapped, repeated, dropped or changed are found', async () => {
  const length = 3 * SEGMENT_BYTES;
  const bytes = await encrypted(randomBytes(length));
  const [a, b, c] = [0, 1, 2].map((index) => bytes.subarray(index * SLOT, (index + 1) * SLOT)) as [Buffer, Buffer, Buffer];
  const flipped = Buffer.from(bytes);
  flipped[SLOT + 5]! ^= 1;
  for (const bad of [[a, b], [a, b, c.subarray(0, -1)], [b, a, c], [a, b, b], [a, c], [a, a, b, c], [a, b, c, c], [flipped], []])
    await expect(decrypted(Buffer.concat(bad), length)).rejects.toThrow(DecryptionFailed);
  // Shorter by whole segments, and the manifest says so too: the last segment does not call itself the last.
  await expect(decrypted(Buffer.concat([a, b]), 2 * SEGMENT_BYTES)).rejects.toThrow(DecryptionFailed);
});

test('a data key opens with its own key only, and follows from key and text', () => {
  const data = deriveDataKey(key, 'ab'.repeat(32));
  expect(deriveDataKey(key, 'ab'.repeat(32))).toEqual(data);
  expect(deriveDataKey(key, 'cd'.repeat(32))).not.toEqual(data);
  expect(unwrapDataKey(key, wrapDataKey(key, data))).toEqual(data);
  expect(unwrapDataKey(randomBytes(32), wrapDataKey(key, data))).toBeUndefined();
  expect(unwrapDataKey(key, 'AAAA')).toBeUndefined();
});

test('a sealed text opens with its own key only', () => {
  expect(openText(key, sealText(key, 'who it is'))).toBe('who it is');
  expect(openText(randomBytes(32), sealText(key, 'who it is'))).toBeUndefined();
  expect(openText(key, 'AAAA')).toBeUndefined();
});
