import { type DuckDBDecimalType, type DuckDBListType, type DuckDBStructType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { TableSchema } from '../resource.ts';
import { toDecimalType } from './avro-schema.ts';
import { LoadFailure } from './load-failure.ts';

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

/** Decimals become the first target type that holds them. */
export function withDecimals({ fields }: TableSchema, types: readonly DuckDBType[], decimalTargetTypes: readonly string[]): TableSchema {
  return {
    fields: fields.map((field, index) => {
      const type = types[index]!;
      if (type.typeId !== DuckDBTypeId.DECIMAL) return field;
      const { width: precision, scale } = type as DuckDBDecimalType;
      return { ...field, type: toDecimalType(field.name, { precision, scale }, { decimalTargetTypes }) };
    }),
  };
}

const families: readonly (readonly string[])[] = [
  ['INTEGER', 'FLOAT', 'NUMERIC', 'BIGNUMERIC'],
  ['STRING', 'JSON', 'GEOGRAPHY', 'BYTES'],
  ['TIMESTAMP', 'DATETIME'],
  ['NUMERIC', 'STRING'],
];

/** Throws where the table's column does not hold what the file has. */
export function checkParquetType(own: TableFieldSchema, column: TableFieldSchema): void {
  if (own.type === column.type || families.some((family) => family.includes(own.type) && family.includes(column.type))) return;
  throw new LoadFailure(`Parquet column '${own.name}' has type ${own.type} which does not match the target cpp_type ${column.type}.`, []);
}
