import { type DuckDBListType, type DuckDBStructType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';

const scalarTypes: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.BOOLEAN]: 'BOOLEAN',
  [DuckDBTypeId.TINYINT]: 'INTEGER',
  [DuckDBTypeId.SMALLINT]: 'INTEGER',
  [DuckDBTypeId.INTEGER]: 'INTEGER',
  [DuckDBTypeId.BIGINT]: 'INTEGER',
  [DuckDBTypeId.UTINYINT]: 'INTEGER',
  [DuckDBTypeId.USMALLINT]: 'INTEGER',
  [DuckDBTypeId.UINTEGER]: 'INTEGER',
  [DuckDBTypeId.UBIGINT]: 'INTEGER',
  [DuckDBTypeId.FLOAT]: 'FLOAT',
  [DuckDBTypeId.DOUBLE]: 'FLOAT',
  [DuckDBTypeId.DECIMAL]: 'NUMERIC',
  [DuckDBTypeId.VARCHAR]: 'STRING',
  [DuckDBTypeId.BLOB]: 'BYTES',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.TIME]: 'TIME',
  [DuckDBTypeId.TIMESTAMP]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_S]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_MS]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_NS]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'TIMESTAMP',
  [DuckDBTypeId.INTERVAL]: 'INTERVAL',
};

/** The column BigQuery makes of a Parquet column. Types it does not know become STRING. */
export function toFieldOfDuckType(name: string, type: DuckDBType): TableFieldSchema {
  if (type.typeId === DuckDBTypeId.LIST) return { ...toFieldOfDuckType(name, (type as DuckDBListType).valueType), mode: 'REPEATED' };
  if (type.typeId !== DuckDBTypeId.STRUCT) return { name, type: scalarTypes[type.typeId] ?? 'STRING', mode: 'NULLABLE' };
  const { entryNames, entryTypes } = type as DuckDBStructType;
  return { name, type: 'RECORD', mode: 'NULLABLE', fields: entryNames.map((entry, index) => toFieldOfDuckType(entry, entryTypes[index]!)) };
}
