import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

test('the check value of the algorithm, whole and in two pieces', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.from('6789'), crc32c(Buffer.from('12345')))).toBe(0xe3069283);
});
