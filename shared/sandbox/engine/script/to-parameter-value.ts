import type { DuckDBListValue, DuckDBStructValue, DuckDBTimestampTZValue, DuckDBValue } from '@duckdb/node-api';
import type { ParameterValue } from '../../../googlesql/analyze/analyze-options.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import { toDatetimeText } from '../rows/temporal-text.ts';
import { createToCell } from '../rows/to-cell.ts';

/** A value as a query parameter carries it. */
export function toParameterValue(value: DuckDBValue, type: SqlType): ParameterValue {
  if (value === null) return {};
  if (type.kind === 'ARRAY') return { arrayValues: (value as DuckDBListValue).items.map((item) => toParameterValue(item, type.element)) };
  if (type.kind === 'STRUCT') {
    const entries = Object.values((value as DuckDBStructValue).entries);
    const members = type.fields.map((field, index) => [field.name ?? '', toParameterValue(entries[index] ?? null, field.type)] as const);
    return { structValues: Object.fromEntries(members) };
  }
  if (type.kind === 'RANGE') {
    const [start, end] = Object.values((value as DuckDBStructValue).entries).map((bound) => toParameterValue(bound, type.element));
    return { rangeValue: { start: start!, end: end! } };
  }
  if (type.kind === 'TIMESTAMP') return { value: `${toDatetimeText((value as DuckDBTimestampTZValue).micros).replace('T', ' ')}+00` };
  return { value: createToCell(type)(value) as string };
}
