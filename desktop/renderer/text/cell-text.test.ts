import { describe, expect, it } from 'vitest';
import type { Column } from '../../../shared/contract/cell.ts';
import { formatType, isNumeric, toCellJson, toCellText, toRowJson } from './cell-text.ts';

const aColumn = (name: string, type: string, more: Partial<Column> = {}): Column => ({
  name,
  type,
  mode: 'NULLABLE',
  engineType: type,
  ...more,
});

const id = aColumn('id', 'INT64');
const items = aColumn('items', 'STRUCT', { mode: 'REPEATED', fields: [aColumn('sku', 'STRING'), aColumn('qty', 'INT64')] });

describe('cells as text', () => {
  it('keep every digit of a number', () => {
    expect(toCellJson('9007199254740993', id)).toBe('9007199254740993');
    expect(toCellJson('1.10', aColumn('price', 'NUMERIC'))).toBe('1.10');
    expect(toCellJson('NaN', aColumn('ratio', 'FLOAT64'))).toBe('"NaN"');
  });

  it('tell NULL from the word and from nothing', () => {
    const name = aColumn('name', 'STRING');
    expect([toCellJson(null, name), toCellJson('null', name), toCellJson('', name)]).toEqual(['null', '"null"', '""']);
  });

  it('show nested values with the names of their fields', () => {
    const cell = { list: [{ struct: ['A-1', '2'] }, { struct: ['B', null] }] };
    expect(toCellJson(cell, items)).toBe('[{"sku": "A-1", "qty": 2}, {"sku": "B", "qty": null}]');
    expect(JSON.parse(toCellText(cell, items))).toEqual([
      { sku: 'A-1', qty: 2 },
      { sku: 'B', qty: null },
    ]);
    expect(toCellText(cell, items).split('\n')[2]).toBe('    "sku": "A-1",');
  });

  it('show empty arrays', () => expect(toCellText({ list: [] }, items)).toBe('[]'));

  it('make a row', () => {
    const row = toRowJson(['1', { list: [] }], [id, items]);
    expect(row).toBe('{\n  "id": 1,\n  "items": []\n}');
  });
});

describe('types', () => {
  it('read as BigQuery writes them', () => expect(formatType(items)).toBe('ARRAY<STRUCT<sku STRING, qty INT64>>'));

  it('align numbers only', () => {
    expect([id, items, aColumn('n', 'NUMERIC(10, 2)'), aColumn('s', 'STRING')].map(isNumeric)).toEqual([true, false, true, false]);
    expect(isNumeric(aColumn('n', 'HUGEINT'))).toBe(true);
    expect(isNumeric(aColumn('i', 'INTERVAL'))).toBe(false);
  });
});
