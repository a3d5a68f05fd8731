import type { SortKey } from '../analyze/resolved-tree.ts';
import type { SqlType } from '../types/sql-type.ts';

/** One ORDER BY entry: NULLs first when ascending unless told otherwise; NaN comes right after NULL. */
export function sortSql(sql: string, type: SqlType, key: Omit<SortKey, 'expression'>): string {
  const nulls = `NULLS ${key.nulls ?? (key.isDescending ? 'LAST' : 'FIRST')}`;
  const order = `${key.isDescending ? 'DESC' : 'ASC'} ${nulls}`;
  if (type.kind === 'RANGE') return rangeSort(sql, key.isDescending, order);
  if (type.kind === 'ARRAY') return `${arrayOrderKey(sql, type)} ${order}`;
  if (key.collation && /:ci$/.test(key.collation)) return `lower(${sql}) ${order}`;
  if (type.kind !== 'FLOAT64') return `${sql} ${order}`;
  // DuckDB has NaN above all numbers, BigQuery below: negated and the other way round it is where it belongs.
  return `-(${sql}) ${key.isDescending ? 'ASC' : 'DESC'} ${nulls}`;
}

/** A list DuckDB orders as GoogleSQL orders the array: element by element, NULL before NaN before all else. */
export function arrayOrderKey(sql: string, { element }: SqlType & { readonly kind: 'ARRAY' }): string {
  const isFloat = element.kind === 'FLOAT64';
  const rank = `CASE WHEN item IS NULL THEN 0 ${isFloat ? 'WHEN isnan(item) THEN 1 ' : ''}ELSE 2 END`;
  const value = isFloat ? 'CASE WHEN NOT isnan(item) THEN item END' : 'item';
  return `list_transform(${sql}, lambda item: struct_pack(rank := ${rank}, value := ${value}))`;
}

function rangeSort(sql: string, isDescending: boolean, order: string): string {
  const [first, last] = isDescending ? ['LAST', 'FIRST'] : ['FIRST', 'LAST'];
  const direction = isDescending ? 'DESC' : 'ASC';
  const isNull = `CASE WHEN ${sql} IS NULL THEN NULL ELSE 0 END ${order}`;
  return `${isNull}, (${sql})."start" ${direction} NULLS ${first}, (${sql})."end" ${direction} NULLS ${last}`;
}
