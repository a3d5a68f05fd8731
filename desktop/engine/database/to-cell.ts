import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Cell } from '../../../shared/contract/cell.ts';

/** Any value of DuckDB as an exact cell (contract/cell.ts says how each type is written). */
export function toCell(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  if (value instanceof DuckDBDecimalValue) return toDecimalText(value);
  if (value instanceof DuckDBTimestampTZValue) return `${toTimestampText(value.micros)}+00`;
  if (value instanceof DuckDBTimestampValue) return toTimestampText(value.micros);
  if (value instanceof DuckDBTimeValue) return toTimeText(value.micros);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return { list: value.items.map(toCell) };
  if (value instanceof DuckDBStructValue) return { struct: Object.values(value.entries).map(toCell) };
  if (value instanceof DuckDBMapValue)
    return { list: value.entries.map((entry) => ({ struct: [toCell(entry.key), toCell(entry.value)] })) };
  return String(value);
}

/** DECIMAL(38,9) is BigQuery's NUMERIC, which drops the zeros at the end; other decimals keep their scale. */
function toDecimalText(value: DuckDBDecimalValue): string {
  const text = value.toString();
  return value.width === 38 && value.scale === 9 ? text.replace(/\.?0+$/, '') : text;
}

const microsPerDay = 86_400_000_000n;
const microsPerSecond = 1_000_000n;

/** `2026-01-31 12:00:00.123456`; the fraction only when there is one. DuckDB's infinities keep their words. */
function toTimestampText(micros: bigint): string {
  if (micros === 2n ** 63n - 1n) return 'infinity';
  if (micros === -(2n ** 63n) + 1n) return '-infinity';
  const inDay = ((micros % microsPerDay) + microsPerDay) % microsPerDay;
  const days = (micros - inDay) / microsPerDay;
  return `${toDateText(days)} ${toTimeText(inDay)}`;
}

function toDateText(days: bigint): string {
  const date = new Date(Number(days) * 86_400_000);
  if (Number.isNaN(date.getTime())) return `${days} days`;
  const year = date.getUTCFullYear();
  const text = date.toISOString();
  return year >= 0 && year <= 9999 ? text.slice(0, 10) : text.slice(0, text.indexOf('T'));
}

function toTimeText(micros: bigint): string {
  const seconds = micros / microsPerSecond;
  const pad = (part: bigint): string => part.toString().padStart(2, '0');
  const fraction = (micros % microsPerSecond).toString().padStart(6, '0').replace(/0+$/, '');
  return `${pad(seconds / 3600n)}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}${fraction === '' ? '' : `.${fraction}`}`;
}
