import type { SqlType, StructType } from '../types/sql-type.ts';

const SCALARS: Readonly<Record<string, string>> = {
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  NUMERIC: 'DECIMAL(38,9)',
  BIGNUMERIC: 'BIGNUM',
  BOOL: 'BOOLEAN',
  STRING: 'VARCHAR',
  BYTES: 'BLOB',
  DATE: 'DATE',
  DATETIME: 'TIMESTAMP',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMPTZ',
  INTERVAL: 'INTERVAL',
  JSON: 'VARCHAR',
  GEOGRAPHY: 'VARCHAR',
};

/** The DuckDB type that holds a GoogleSQL type (README.md, representations). */
export function duckType(type: SqlType): string {
  if (type.kind === 'ARRAY') return `${duckType(type.element)}[]`;
  if (type.kind === 'RANGE') return `STRUCT("start" ${duckType(type.element)}, "end" ${duckType(type.element)})`;
  if (type.kind !== 'STRUCT') return SCALARS[type.kind]!;
  if (!type.fields.length) return 'STRUCT("_0" INTEGER)';
  const names = structFieldNames(type);
  return `STRUCT(${type.fields.map((f, i) => `${quoteName(names[i]!)} ${duckType(f.type)}`).join(', ')})`;
}

/** DuckDB wants every field named, and differently: anonymous fields are `_f0`, a repeated name gets its index. */
export function structFieldNames(type: StructType): string[] {
  const seen = new Set<string>();
  return type.fields.map((field, i) => {
    const name = field.name && !seen.has(field.name.toLowerCase()) ? field.name : `_f${i}${field.name ? `_${field.name}` : ''}`;
    seen.add(name.toLowerCase());
    return name;
  });
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
