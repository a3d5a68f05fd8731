import { expect, it } from 'vitest';
import { parseRowBytes } from './parse-row-bytes.ts';

it.each([
  ['all', Number.POSITIVE_INFINITY],
  ['none', 0],
  ['0', 0],
  ['1024', 1_024],
  ['500MB', 500_000_000],
  ['2 gb', 2_000_000_000],
])('reads %s', (text, bytes) => expect(parseRowBytes(text)).toBe(bytes));

it.each(['', 'some', '-1', '1.5GB', '5PB', 'GB'])('refuses "%s", and says what to write', (text) => {
  expect(() => parseRowBytes(text)).toThrow("Write 'all', 'none', or a size such as 500MB or 2GB.");
});
