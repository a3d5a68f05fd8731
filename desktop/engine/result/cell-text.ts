import type { Cell } from '../../../shared/bigquery/cell.ts';
import { isRepeated, parseRestType, type TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import { parseTimestampMicros, type TimestampFormat } from '../../../shared/bigquery/timestamp.ts';
import { isNested } from './result-column.ts';

/** A REST cell as text that DuckDB casts to the column's type without loss; nested cells as JSON whose scalars are such texts. */
export function toCellText(cell: Cell | undefined, field: TableFieldSchema, format: TimestampFormat | undefined): string | undefined {
  if (!isNested(field)) return toScalarText(cell, field, format) ?? undefined;
  const tree = toTree(cell, field, format);
  return tree === null ? undefined : JSON.stringify(tree);
}

function toTree(cell: Cell | undefined, field: TableFieldSchema, format: TimestampFormat | undefined): unknown {
  if (isRepeated(field)) {
    if (!Array.isArray(cell)) return [];
    const element = { ...field, mode: 'NULLABLE' };
    return (cell as readonly { readonly v: Cell }[]).map((item) => toTree(item.v, element, format));
  }
  if (cell === null || cell === undefined) return null;
  if (parseRestType(field.type) !== 'RECORD') return toScalarText(cell, field, format);
  const cells = (cell as { readonly f?: readonly { readonly v: Cell }[] }).f ?? [];
  return Object.fromEntries((field.fields ?? []).map((each, index) => [each.name, toTree(cells[index]?.v, each, format)]));
}

function toScalarText(cell: Cell | undefined, field: TableFieldSchema, format: TimestampFormat | undefined): string | null {
  if (cell === null || cell === undefined) return null;
  const text = typeof cell === 'string' ? cell : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  const type = parseRestType(field.type);
  if (type === 'TIMESTAMP') return toTimestampText(text, format ?? guessFormat(text));
  return type === 'BYTES' ? toBlobText(text) : text;
}

/** Seconds always have a point or an exponent, microseconds never; anything else is ISO 8601. */
const guessFormat = (text: string): TimestampFormat =>
  /^-?\d+$/.test(text) ? 'INT64' : /^-?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text) ? 'FLOAT64' : 'ISO8601_STRING';

/** What cannot be read stays as it is: the cast then fails, and the column is shown as text instead. */
function toTimestampText(text: string, format: TimestampFormat): string {
  const micros = parseTimestampMicros(text, format) ?? parseTimestampMicros(text, guessFormat(text));
  if (micros === undefined) return text;
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((micros - fraction) / 1000n));
  if (Number.isNaN(date.getTime())) return text;
  return `${date.toISOString().slice(0, -5).replace('T', ' ')}.${fraction.toString().padStart(6, '0')}+00`;
}

/** DuckDB reads a BLOB from text as `\xAB…`. */
function toBlobText(base64: string): string {
  const hex = Buffer.from(base64, 'base64').toString('hex');
  return hex.replace(/../g, '\\x$&');
}
