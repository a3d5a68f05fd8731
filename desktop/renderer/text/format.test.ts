import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatInstant, formatPlural, formatShare, shortenDigest } from './format.ts';

describe('numbers on screen', () => {
  it('groups counts and keeps every digit of an INT64', () => {
    expect(formatCount('9007199254740993')).toBe('9,007,199,254,740,993');
    expect(formatCount('-9223372036854775808')).toBe('-9,223,372,036,854,775,808');
    expect(formatCount(999)).toBe('999');
  });

  it.each([
    ['0', '0 B'],
    ['1023', '1023 B'],
    ['1024', '1.00 KiB'],
    ['1567000', '1.49 MiB'],
    ['10995116277760', '10.0 TiB'],
    ['9223372036854775807', '7.99 EiB'],
  ])('%s bytes read %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0.42, '0.4 ms'],
    [412.4, '412 ms'],
    [1240, '1.24 s'],
    [59_990, '60.0 s'],
    [125_000, '2 min 05 s'],
    [11_520_000, '3 h 12 min'],
  ])('%s ms read %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('says small shares without rounding them away', () => {
    expect(formatShare(1, 100_000)).toBe('< 0.1 %');
    expect(formatShare(0, 0)).toBe('0 %');
    expect(formatShare(1, 3)).toBe('33 %');
  });

  it('counts things', () => {
    expect(formatPlural(1, 'exchange')).toBe('1 exchange');
    expect(formatPlural(2000, 'query', 'queries')).toBe('2,000 queries');
  });
});

describe('instants and digests', () => {
  it('shows UTC as recorded', () => {
    expect(formatInstant('2026-11-22T16:34:05.123456Z')).toBe('2026-11-22 16:34:05.123 UTC');
    expect(formatInstant('not a time')).toBe('not a time');
  });

  it('shortens digests in the middle', () => {
    expect(shortenDigest('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08')).toBe('9f86d081…b0f00a08');
  });
});
