import { isRepeated, isRequired, parseRestType, type RestType, type TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { Column } from '../../../shared/contract/cell.ts';
import { quoteName } from '../database/case-database.ts';

/**
 * The type each BigQuery type has in a `result_N` table. All are exact. BIGNUMERIC (76 digits) is wider than any DECIMAL of DuckDB and INTERVAL
 * keeps three independent parts: both stay BigQuery's own text, as do RANGE and GEOGRAPHY (WKT).
 */
const engineTypes: Readonly<Record<Exclude<RestType, 'RECORD'>, string>> = {
  STRING: 'VARCHAR',
  BYTES: 'BLOB',
  INTEGER: 'BIGINT',
  FLOAT: 'DOUBLE',
  NUMERIC: 'DECIMAL(38,9)',
  BIGNUMERIC: 'VARCHAR',
  BOOLEAN: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMP WITH TIME ZONE',
  DATE: 'DATE',
  TIME: 'TIME',
  DATETIME: 'TIMESTAMP',
  INTERVAL: 'VARCHAR',
  GEOGRAPHY: 'VARCHAR',
  JSON: 'JSON',
  RANGE: 'VARCHAR',
};

/** BigQuery's words in SQL; REST has its own for these. */
const sqlWords: Readonly<Partial<Record<RestType, string>>> = { INTEGER: 'INT64', FLOAT: 'FLOAT64', BOOLEAN: 'BOOL', RECORD: 'STRUCT' };

export function toResultColumn(field: TableFieldSchema): Column {
  const type = parseRestType(field.type);
  const fields = type === 'RECORD' ? { fields: (field.fields ?? []).map(toResultColumn) } : {};
  return {
    name: field.name,
    type: type === undefined ? field.type : (sqlWords[type] ?? type),
    mode: isRepeated(field) ? 'REPEATED' : isRequired(field) ? 'REQUIRED' : 'NULLABLE',
    engineType: toEngineType(field),
    ...fields,
  };
}

export function toEngineType(field: TableFieldSchema): string {
  const type = parseRestType(field.type);
  const one = type === 'RECORD' ? toStructType(field.fields ?? [], toEngineType) : type === undefined ? 'VARCHAR' : engineTypes[type];
  return isRepeated(field) ? `${one}[]` : one;
}

/** The shape of a nested cell as JSON before its leaves are cast: the same tree, every scalar a VARCHAR. */
export function toTextShape(field: TableFieldSchema): string {
  const one = parseRestType(field.type) === 'RECORD' ? toStructType(field.fields ?? [], toTextShape) : 'VARCHAR';
  return isRepeated(field) ? `${one}[]` : one;
}

export const isNested = (field: TableFieldSchema): boolean => isRepeated(field) || parseRestType(field.type) === 'RECORD';

/** A struct without fields is no type of DuckDB's; its text says all there is. */
function toStructType(fields: readonly TableFieldSchema[], toType: (field: TableFieldSchema) => string): string {
  return fields.length === 0 ? 'VARCHAR' : `STRUCT(${fields.map((field) => `${quoteName(field.name)} ${toType(field)}`).join(', ')})`;
}
