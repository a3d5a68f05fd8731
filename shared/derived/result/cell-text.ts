import type { Cell } from '../../bigquery/cell.ts';
import { isRepeated, parseRestType, type TableFieldSchema } from '../../bigquery/schema.ts';
import { parseTimestampMicros, type TimestampFormat } from '../../bigquery/timestamp.ts';
import { isNested } from './result-type.ts';

/** A REST cell as text that DuckDB casts to the column's type without loss; nested cells as JSON whose scalars are such texts. */
export function toCellText(cell: Cell | undefined, field: TableFieldSchema, format: TimestampFormat | undefined): string | undefined {
  if (!isNested(field)) return toScalarText(cell, field, format) ?? undefined;
  const tree = toTree(cell, field, format);
  if (tree === null) return undefined;
  return typeof tree === 'string' ? tree : JSON.stringify(tree);
}

/** What has not the shape of its field stays as it came: the cast then fails, and the column is shown as text instead. */
function toTree(cell: Cell | undefined, field: TableFieldSchema, format: TimestampFormat | undefined): unknown {
  if (isRepeated(field)) {
    if (cell === null || cell === undefined) return [];
    if (!Array.isArray(cell)) return cell;
    const element = { ...field, mode: 'NULLABLE' };
    return (cell as readonly ({ readonly v: Cell } | null)[]).map((item) => toTree(item?.v, element, format));
  }
  if (cell === null || cell === undefined) return null;
  if (parseRestType(field.type) !== 'RECORD') return toScalarText(cell, field, format);
  const { f: cells } = cell as { readonly f?: readonly ({ readonly v: Cell } | null)[] };
  if (!Array.isArray(cells)) return cell;
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

/** DuckDB reads a BLOB from text as `\\xAB…`. */
function toBlobText(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  // Read leniently, any text would be bytes.
  if (bytes.toString('base64') !== base64) return `\\x (not base64) ${base64}`;
  return bytes.toString('hex').replace(/../g, '\\x$&');
}
