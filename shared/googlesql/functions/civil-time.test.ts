import { describe, expect, it } from 'vitest';
import { civilText, parseCivil, parseDate, parseTimestamp } from './civil-time.ts';
import { formatTime } from './format-time.ts';
import { intervalIso, intervalText, parseInterval } from './interval-text.ts';
import { parseTimeFormat } from './parse-time-format.ts';
import { fixedOffset, offsetAt, toUtc } from './time-zone.ts';

const at = (text: string): bigint => parseTimestamp(text)!;

describe('dates and times as text', () => {
  it.each([
    ['2024-02-29 12:34:56.789', '2024-02-29 12:34:56.789'],
    ['2024-2-9', '2024-02-09 00:00:00'],
    ['2024-02-29T12:34:56+02:00', '2024-02-29 10:34:56'],
    ['0001-01-01 00:00:00', '0001-01-01 00:00:00'],
    ['2024-03-10 03:30:00 America/New_York', '2024-03-10 07:30:00'],
  ])('%s', (text, utc) => {
    expect(civilText(at(text))).toBe(utc);
  });

  it('refuses what is no date', () => {
    expect([parseDate('2023-02-29'), parseDate('2024-13-01'), parseDate('20240101'), parseTimestamp('2024-01-01 25:00:00')]).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('takes a leap second for the next minute', () => {
    expect(parseCivil('2015-11-06 23:59:60', 'DATETIME')).toBe('2015-11-07 00:00:00');
  });
});

describe('time zones', () => {
  it('knows offsets and daylight saving', () => {
    expect(fixedOffset('-08:30')).toBe(-30_600_000_000n);
    expect(offsetAt('America/Los_Angeles', at('2024-07-01 00:00:00'))).toBe(-25_200_000_000n);
    expect(toUtc(at('2024-01-01 00:00:00'), 'Asia/Kolkata')).toBe(at('2023-12-31 18:30:00'));
    expect(toUtc(0n, 'Nowhere/Land')).toBeUndefined();
  });
});

describe('format strings', () => {
  const time = at('2024-12-30 05:06:07.089');

  it.each([
    ['%Y-%m-%d %H:%M:%S', '2024-12-30 05:06:07'],
    ['%G-W%V-%u %j %Q', '2025-W01-1 365 4'],
    ['%E3S %E*S %I:%M %p', '07.089 07.089 05:06 AM'],
    ['%A %B %e %y %%', 'Monday December 30 24 %'],
  ])('%s prints', (pattern, text) => {
    expect(formatTime(pattern, time, time, 'UTC', 'TIMESTAMP')).toBe(text);
  });

  it.each([
    ['%d/%m/%Y %H:%M', '30/12/2024 05:06', '2024-12-30 05:06:00'],
    ['%b %e, %Y %I:%M %p', 'Dec  3, 2024 11:05 PM', '2024-12-03 23:05:00'],
    ['%Y-%m-%dT%H:%M:%E*S%Ez', '2024-12-30T05:06:07.5+01:00', '2024-12-30 04:06:07.500'],
    ['%s', '1700000000', '2023-11-14 22:13:20'],
  ])('%s reads', (pattern, text, utc) => {
    expect(civilText(parseTimeFormat(pattern, text, 'UTC', 'TIMESTAMP'))).toBe(utc);
  });

  it('says what it could not read', () => {
    expect(() => parseTimeFormat('%Y-%m-%d', '2024/01/01', 'UTC', 'DATE')).toThrow('Failed to parse input string "2024/01/01"');
  });
});

describe('intervals', () => {
  it('reads and prints every form', () => {
    expect(parseInterval('1-2 3 -4:5:6.5', '')).toEqual([14n, 3n, -14_706_500_000n]);
    expect(parseInterval('10:20', 'HOUR TO MINUTE')).toEqual([0n, 0n, 37_200_000_000n]);
    expect(parseInterval('P1Y2M3DT4H', '')).toEqual([14n, 3n, 14_400_000_000n]);
    expect(intervalText(-14n, 3n, 14_706_500_000n)).toBe('-1-2 3 4:5:6.500');
    expect(intervalIso(14n, 3n, 14_706_500_000n)).toBe('P1Y2M3DT4H5M6.5S');
  });
});
