import type {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBValue,
} from '@duckdb/node-api';
import type { ScalarKind, SqlType } from '../../../googlesql/types/sql-type.ts';
import type { CellValue, Row } from '../engine.ts';
import { toDecimalText } from './decimal-text.ts';
import { toFloatText } from './float-text.ts';
import { toDateText, toDatetimeText, toIntervalText, toTimeText } from './temporal-text.ts';

export type ToCell = (value: DuckDBValue) => CellValue;

/** How a column of this type turns into REST cells; made once per column, so that nothing is looked up per row. */
export function createToCell(type: SqlType): ToCell {
  if (type.kind === 'ARRAY') return listToCell(createToCell(type.element));
  if (type.kind === 'STRUCT') return structToCell(type.fields.map((field) => createToCell(field.type)));
  if (type.kind === 'RANGE') return rangeToCell(createToCell(type.element));
  const toText = scalarTexts[type.kind];
  return (value) => (value === null ? null : toText(value));
}

export const createToRow = (types: readonly SqlType[]): ((values: readonly DuckDBValue[]) => Row) => {
  const cells = types.map(createToCell);
  return (values) => ({ f: cells.map((toCell, index) => ({ v: toCell(values[index] ?? null) })) });
};

/** A repeated field is never NULL on the wire. */
const listToCell =
  (toCell: ToCell): ToCell =>
  (value) =>
    value === null ? [] : (value as DuckDBListValue).items.map((item) => ({ v: toCell(item) }));

const structToCell =
  (cells: readonly ToCell[]): ToCell =>
  (value) => {
    if (value === null) return null;
    const entries = Object.values((value as DuckDBStructValue).entries);
    return { f: cells.map((toCell, index) => ({ v: toCell(entries[index] ?? null) })) };
  };

const rangeToCell =
  (toCell: ToCell): ToCell =>
  (value) => {
    if (value === null) return null;
    const [start, end] = Object.values((value as DuckDBStructValue).entries).map((bound) => toCell(bound) ?? 'UNBOUNDED');
    return `[${start}, ${end})`;
  };

const scalarTexts: Readonly<Record<ScalarKind, (value: NonNullable<DuckDBValue>) => string>> = {
  INT64: String,
  FLOAT64: (value) => toFloatText(Number(value)),
  NUMERIC: (value) => toDecimalText((value as DuckDBDecimalValue).value, (value as DuckDBDecimalValue).scale),
  BIGNUMERIC: (value) => toDecimalText(value as bigint, 38),
  BOOL: String,
  STRING: String,
  BYTES: (value) => Buffer.from((value as DuckDBBlobValue).bytes).toString('base64'),
  DATE: (value) => toDateText((value as DuckDBDateValue).days),
  DATETIME: (value) => toDatetimeText((value as DuckDBTimestampValue).micros),
  TIME: (value) => toTimeText((value as DuckDBTimeValue).micros),
  TIMESTAMP: (value) => (value as DuckDBTimestampTZValue).micros.toString(),
  INTERVAL: (value) => {
    const { months, days, micros } = value as DuckDBIntervalValue;
    return toIntervalText(months, days, micros);
  },
  JSON: String,
  GEOGRAPHY: String,
};
