// BigQuery's sizing rules: what a value counts, whatever DuckDB stores. NULL counts nothing.
// Source: https://cloud.google.com/bigquery/pricing#data

import { structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import type { ScalarKind, SqlType } from '../../../googlesql/types/sql-type.ts';
import { quoteText } from '../duck/quote.ts';

const fixedBytes: Readonly<Partial<Record<ScalarKind, number>>> = {
  INT64: 8,
  FLOAT64: 8,
  NUMERIC: 16,
  BIGNUMERIC: 32,
  BOOL: 1,
  DATE: 8,
  DATETIME: 8,
  TIME: 8,
  TIMESTAMP: 8,
  INTERVAL: 16,
};

/** DuckDB aggregate that gives the bytes of a whole column, as BIGINT. */
export function toColumnSize(column: string, type: SqlType): string {
  const fixed = fixedBytesOf(type);
  if (fixed !== undefined) return `count(${column}) * ${fixed}`;
  return `coalesce(sum(${toValueSize(column, type)}), 0)::BIGINT`;
}

/** DuckDB expression that gives the bytes of one value. */
export function toValueSize(value: string, type: SqlType, depth = 0): string {
  const fixed = fixedBytesOf(type);
  if (fixed !== undefined) return `CASE WHEN ${value} IS NULL THEN 0 ELSE ${fixed} END`;
  if (type.kind === 'BYTES') return `coalesce(octet_length(${value}) + 2, 0)`;
  if (type.kind === 'ARRAY') {
    const element = `e${depth}`;
    return `coalesce(list_sum(list_transform(${value}, lambda ${element}: ${toValueSize(element, type.element, depth + 1)})), 0)::BIGINT`;
  }
  if (type.kind === 'STRUCT') return toStructSize(value, type, depth);
  return `coalesce(strlen(${value}) + 2, 0)`;
}

function toStructSize(value: string, { fields }: Extract<SqlType, { kind: 'STRUCT' }>, depth: number): string {
  if (fields.length === 0) return '0';
  const names = structFieldNames({ kind: 'STRUCT', fields });
  return `(${fields.map((field, index) => toValueSize(`struct_extract(${value}, ${quoteText(names[index]!)})`, field.type, depth)).join(' + ')})`;
}

function fixedBytesOf(type: SqlType): number | undefined {
  if (type.kind === 'RANGE') return 16;
  return type.kind === 'ARRAY' || type.kind === 'STRUCT' ? undefined : fixedBytes[type.kind];
}
