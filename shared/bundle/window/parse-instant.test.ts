import { expect, test } from 'vitest';
import { isInstant, parseInstant } from './parse-instant.ts';

test.each([
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['2026-03-01T12:30', '2026-03-01T12:30:00.000Z'],
  ['2026-03-01 12:30:15', '2026-03-01T12:30:15.000Z'],
  ['2026-03-01T12:30:15.5Z', '2026-03-01T12:30:15.500Z'],
  ['2026-03-01T12:30:15.123456789Z', '2026-03-01T12:30:15.123Z'],
  ['2026-03-01T00:30:00+01:00', '2026-02-28T23:30:00.000Z'],
  ['2026-03-01t00:30:00-0500', '2026-03-01T05:30:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
])('%s is %s', (text, instant) => {
  const zone = process.env['TZ'];
  try {
    for (const place of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
      process.env['TZ'] = place;
      expect(parseInstant(text)).toBe(instant);
    }
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
});

test.each([
  '',
  'yesterday',
  '2026',
  '2026-3-1',
  '2026-02-30',
  '2026-13-01',
  '2026-03-01T24:00',
  '2026-03-01T12:60',
  '2026-03-01Z',
  '0000-01-01T00:00+23:00',
])('"%s" is no instant', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test('instants of records are those that a calendar has', () => {
  expect(isInstant('2026-03-01T00:00:00.000Z')).toBe(true);
  for (const odd of ['2026-02-30T00:00:00.000Z', '2026-01-01T24:00:00.000Z', '2026-01-01T00:00:60.000Z', '2026-01-01T00:00:00Z'])
    expect(isInstant(odd)).toBe(false);
});
