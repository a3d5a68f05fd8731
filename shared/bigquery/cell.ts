import { assert } from '../base/assert.ts';
import { isRepeated, parseRestType, type TableFieldSchema } from './schema.ts';
import { parseTimestampMicros, type TimestampFormat, toTimestampCell } from './timestamp.ts';

/** Rows as REST sends them: `{"f":[{"v":…}]}`. A scalar is a string or null, an array a list of `{v}`, a struct a row. */
export type Cell = string | null | readonly { readonly v: Cell }[] | Row;
export type Row = { readonly f: readonly { readonly v: Cell }[] };

/**
 * A cell with its type's exact meaning. INT64 and TIMESTAMP (microseconds) are bigint; NUMERIC, BIGNUMERIC, DATE, TIME, DATETIME, INTERVAL,
 * GEOGRAPHY, JSON and RANGE keep BigQuery's text; BYTES stay base64.
 */
export type TypedValue = null | string | number | boolean | bigint | readonly TypedValue[] | TypedStruct;
export type TypedStruct = { readonly fields: readonly TypedValue[] };

/** Throws where the cell does not fit its field: the answer is not what its schema says. */
export function parseCell(cell: Cell | undefined, field: TableFieldSchema, format: TimestampFormat): TypedValue {
  if (cell === null || cell === undefined) return isRepeated(field) ? [] : null;
  if (!isRepeated(field)) return parseScalar(cell, field, format);
  assert(isList(cell), `field ${field.name} is repeated`);
  return cell.map(({ v }) => (v === null ? null : parseScalar(v, field, format)));
}

export const parseRow = (row: Row, fields: readonly TableFieldSchema[], format: TimestampFormat): readonly TypedValue[] =>
  fields.map((field, index) => parseCell(row.f[index]?.v, field, format));

function parseScalar(cell: Cell, field: TableFieldSchema, format: TimestampFormat): TypedValue {
  const type = parseRestType(field.type);
  if (type === 'RECORD') {
    assert(isRow(cell), `field ${field.name} is a struct`);
    return { fields: parseRow(cell, field.fields ?? [], format) };
  }
  // BigQuery sends every scalar as a string; lenient copies of it send JSON numbers and booleans.
  const text = typeof cell === 'string' ? cell : String(cell);
  if (type === 'INTEGER') return BigInt(text);
  if (type === 'FLOAT') return parseFloat64(text);
  if (type === 'BOOLEAN') return text.toLowerCase() === 'true';
  if (type === 'TIMESTAMP') return parseTimestamp(text, field.name, format);
  return text;
}

function parseTimestamp(text: string, name: string, format: TimestampFormat): bigint {
  const micros = parseTimestampMicros(text, format);
  assert(micros !== undefined, `field ${name} is a ${format} timestamp`);
  return micros;
}

function parseFloat64(text: string): number {
  if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}

export function toCell(value: TypedValue, field: TableFieldSchema, format: TimestampFormat): Cell {
  if (value === null) return isRepeated(field) ? [] : null;
  if (!isRepeated(field)) return toScalar(value, field, format);
  assert(Array.isArray(value), `field ${field.name} is repeated`);
  return (value as readonly TypedValue[]).map((each) => ({ v: each === null ? null : toScalar(each, field, format) }));
}

export const toRow = (values: readonly TypedValue[], fields: readonly TableFieldSchema[], format: TimestampFormat): Row => ({
  f: fields.map((field, index) => ({ v: toCell(values[index] ?? null, field, format) })),
});

function toScalar(value: TypedValue, field: TableFieldSchema, format: TimestampFormat): Cell {
  if (isStruct(value)) return toRow(value.fields, field.fields ?? [], format);
  if (typeof value === 'bigint' && parseRestType(field.type) === 'TIMESTAMP') return toTimestampCell(value, format);
  return typeof value === 'number' ? toFloat64Text(value) : String(value);
}

/** BigQuery writes whole floats with one decimal and infinities as `Infinity`. */
function toFloat64Text(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text.replace('e+', 'E').replace('e', 'E').replace('InfinitE', 'Infinite');
}

const isList = (cell: Cell): cell is readonly { readonly v: Cell }[] => Array.isArray(cell);
const isRow = (cell: Cell): cell is Row => typeof cell === 'object' && cell !== null && 'f' in cell;
const isStruct = (value: TypedValue): value is TypedStruct => typeof value === 'object' && value !== null && 'fields' in value;
