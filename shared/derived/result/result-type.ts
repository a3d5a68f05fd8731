import { isRepeated, parseRestType, type RestType, type TableFieldSchema } from '../../bigquery/schema.ts';
import { quoteName } from '../quote.ts';

/**
 * The type each BigQuery type has in a table of rows. All are exact. BIGNUMERIC (76 digits) is wider than any DECIMAL of DuckDB and INTERVAL
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

/** As SQL calls the type of a field, or of its elements. */
export function toSqlType(field: TableFieldSchema): string {
  const type = parseRestType(field.type);
  return type === undefined ? field.type : (sqlWords[type] ?? type);
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

/** Hidden columns of rows: the exchange that began their result, and their index in BigQuery's result, from 0. */
export const resultNumber = '__result';
export const rowIndex = '__row_index';

/** BigQuery takes names twice, in a struct even at the top; DuckDB, which does not tell cases apart, takes each once. */
export const withUniqueNames = (fields: readonly TableFieldSchema[]): TableFieldSchema[] => uniqueNames(fields, [resultNumber, rowIndex]);

function uniqueNames(fields: readonly TableFieldSchema[], taken: readonly string[]): TableFieldSchema[] {
  const seen = new Set(taken);
  return fields.map((field) => {
    let name = field.name;
    for (let times = 2; seen.has(name.toLowerCase()); times += 1) name = `${field.name}_${times}`;
    seen.add(name.toLowerCase());
    return { ...field, name, ...(field.fields === undefined ? {} : { fields: uniqueNames(field.fields, []) }) };
  });
}

/** A column that is kept as its text, whatever it was. */
export const toTextField = ({ name }: TableFieldSchema): TableFieldSchema => ({ name, type: 'STRING' });
