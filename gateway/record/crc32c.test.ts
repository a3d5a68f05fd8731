import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

/** Bit by bit, as RFC 3720 B.4 defines it. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

// RFC 3720 B.4, in the order in which the bytes of the sum are sent.
test.each([
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
  ['the digits', Buffer.from('123456789'), 0xe3069283],
  ['nothing', Buffer.alloc(0), 0],
])('the published sum of %s', (_name, bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum);
});

test('a part of any length, from any place on, has the sum of its bits', () => {
  const bytes = randomBytes(96);
  for (let start = 0; start < 20; start += 1)
    for (let end = start; end <= bytes.length; end += 1) expect(crc32c(bytes, start, end)).toBe(bitwise(bytes.subarray(start, end)));
});
