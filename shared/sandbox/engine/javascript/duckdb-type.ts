import {
  BIGINT,
  BIGNUM,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBType,
  INTERVAL,
  LIST,
  STRUCT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import { structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import type { ScalarKind, SqlType } from '../../../googlesql/types/sql-type.ts';

const scalarTypes: Readonly<Record<ScalarKind, DuckDBType>> = {
  INT64: BIGINT,
  FLOAT64: DOUBLE,
  NUMERIC: DECIMAL(38, 9),
  BIGNUMERIC: BIGNUM,
  BOOL: BOOLEAN,
  STRING: VARCHAR,
  BYTES: BLOB,
  DATE,
  DATETIME: TIMESTAMP,
  TIME,
  TIMESTAMP: TIMESTAMPTZ,
  INTERVAL,
  JSON: VARCHAR,
  GEOGRAPHY: VARCHAR,
};

/** `duckType` as the binding's own object, for functions DuckDB calls. */
export function toDuckDBType(type: SqlType): DuckDBType {
  if (type.kind === 'ARRAY') return LIST(toDuckDBType(type.element));
  if (type.kind === 'RANGE') return STRUCT({ start: toDuckDBType(type.element), end: toDuckDBType(type.element) });
  if (type.kind !== 'STRUCT') return scalarTypes[type.kind];
  const names = structFieldNames(type);
  return STRUCT(Object.fromEntries(type.fields.map((field, index) => [names[index]!, toDuckDBType(field.type)])));
}
