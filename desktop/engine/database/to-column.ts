import { DuckDBArrayType, DuckDBDecimalType, DuckDBListType, DuckDBStructType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import type { Column } from '../../../shared/contract/cell.ts';

/** BigQuery's word for DuckDB's types where there is one. */
const words = new Map<DuckDBTypeId, string>([
  [DuckDBTypeId.BIGINT, 'INT64'],
  [DuckDBTypeId.INTEGER, 'INT64'],
  [DuckDBTypeId.SMALLINT, 'INT64'],
  [DuckDBTypeId.TINYINT, 'INT64'],
  [DuckDBTypeId.UINTEGER, 'INT64'],
  [DuckDBTypeId.DOUBLE, 'FLOAT64'],
  [DuckDBTypeId.FLOAT, 'FLOAT64'],
  [DuckDBTypeId.BOOLEAN, 'BOOL'],
  [DuckDBTypeId.VARCHAR, 'STRING'],
  [DuckDBTypeId.BLOB, 'BYTES'],
  [DuckDBTypeId.DATE, 'DATE'],
  [DuckDBTypeId.TIME, 'TIME'],
  [DuckDBTypeId.TIMESTAMP, 'DATETIME'],
  [DuckDBTypeId.TIMESTAMP_TZ, 'TIMESTAMP'],
]);

/** A column of a DuckDB answer in the contract's shape. */
export function toColumn(name: string, type: DuckDBType): Column {
  const engineType = type.toString();
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType)
    return { ...toColumn(name, type.valueType), mode: 'REPEATED', engineType };
  if (type instanceof DuckDBStructType) {
    const fields = type.entryNames.map((entry, index) => toColumn(entry, type.entryTypes[index]!));
    return { name, type: 'STRUCT', mode: 'NULLABLE', fields, engineType };
  }
  const isJson = type.alias === 'JSON';
  const word = isJson ? 'JSON' : type instanceof DuckDBDecimalType ? 'NUMERIC' : words.get(type.typeId);
  return { name, type: word ?? engineType, mode: 'NULLABLE', engineType: isJson ? 'JSON' : engineType };
}
