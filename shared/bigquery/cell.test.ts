import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCell, parseRow, toCell, toRow } from './cell.ts';
import type { TableFieldSchema } from './schema.ts';
import { parseTimestampMicros, type TimestampFormat, toTimestampCell } from './timestamp.ts';

const field = (type: string, mode = 'NULLABLE'): TableFieldSchema => ({ name: 'x', type, mode });

describe('cells keep every digit', () => {
  test.each([
    ['INTEGER', '9223372036854775807', 9223372036854775807n],
    ['INT64', '-1', -1n],
    ['FLOAT', 'NaN', Number.NaN],
    ['FLOAT64', '-Infinity', -Infinity],
    ['FLOAT', '1.5E300', 1.5e300],
    ['BOOLEAN', 'true', true],
    ['NUMERIC', '99999999999999999999999999999.999999999', '99999999999999999999999999999.999999999'],
    ['BYTES', 'AAEC', 'AAEC'],
    ['DATETIME', '2024-01-01T00:00:00.000001', '2024-01-01T00:00:00.000001'],
    ['RANGE', '[2024-01-01, UNBOUNDED)', '[2024-01-01, UNBOUNDED)'],
    ['TIMESTAMP', '1672574400123456', 1672574400123456n],
  ])('%s %s', (type, cell, value) => {
    expect(parseCell(cell, field(type), 'INT64')).toEqual(value);
  });

  test('null is SQL NULL, but a repeated field is never null', () => {
    expect(parseCell(null, field('STRING'), 'INT64')).toBeNull();
    expect(parseCell(null, field('STRING', 'REPEATED'), 'INT64')).toEqual([]);
  });

  test('structs and arrays nest', () => {
    const point: TableFieldSchema = {
      name: 'p',
      type: 'RECORD',
      mode: 'REPEATED',
      fields: [field('INTEGER'), field('TIMESTAMP', 'REPEATED')],
    };
    const row = { f: [{ v: [{ v: { f: [{ v: '1' }, { v: [{ v: '0.0' }, { v: '1.7E9' }] }] } }] }] };
    const values = [[{ fields: [1n, [0n, 1_700_000_000_000_000n]] }]];
    expect(parseRow(row, [point], 'FLOAT64')).toEqual(values);
    expect(toRow(values, [point], 'FLOAT64')).toEqual(row);
  });

  test('a cell that contradicts its schema is a broken answer', () => {
    expect(() => parseCell('x', field('RECORD'), 'INT64')).toThrow(/is a struct/);
    expect(() => parseCell('x', field('STRING', 'REPEATED'), 'INT64')).toThrow(/is repeated/);
    expect(() => parseCell('yesterday', field('TIMESTAMP'), 'INT64')).toThrow(/INT64 timestamp/);
  });

  test.each([
    [1, '1.0'],
    [0.1, '0.1'],
    [1e21, '1E21'],
    [-Infinity, '-Infinity'],
    [-0, '-0.0'],
  ])('the float %s is written as %s', (value, cell) => {
    expect(toCell(value, field('FLOAT'), 'INT64')).toBe(cell);
  });
});

describe('timestamps', () => {
  test.each<[bigint, TimestampFormat, string]>([
    [1672574400123456n, 'FLOAT64', '1.672574400123456E9'],
    [1700000000000000n, 'FLOAT64', '1.7E9'],
    [0n, 'FLOAT64', '0.0'],
    [1_500_000n, 'FLOAT64', '1.5'],
    [-1n, 'FLOAT64', '-1.0E-6'],
    [-62135596800000000n, 'FLOAT64', '-6.21355968E10'],
    [1672574400123456n, 'INT64', '1672574400123456'],
    [-1n, 'ISO8601_STRING', '1969-12-31T23:59:59.999999Z'],
  ])('%s as %s is %s', (micros, format, cell) => {
    expect(toTimestampCell(micros, format)).toBe(cell);
    expect(parseTimestampMicros(cell, format)).toBe(micros);
  });

  test('every microsecond of BigQuery survives every spelling', () => {
    const anyMicros = fc.bigInt(-62135596800000000n, 253402300799999999n);
    fc.assert(
      fc.property(anyMicros, fc.constantFrom<TimestampFormat>('FLOAT64', 'INT64', 'ISO8601_STRING'), (micros, format) => {
        expect(parseTimestampMicros(toTimestampCell(micros, format), format)).toBe(micros);
      }),
    );
  });

  test('a double printed by another program is read to the nearest microsecond', () => {
    expect(parseTimestampMicros('1672574400.1234561', 'FLOAT64')).toBe(1672574400123456n);
    expect(parseTimestampMicros('1672574400', 'FLOAT64')).toBe(1672574400000000n);
  });
});
