/** A column as REST describes it (discovery schema `TableFieldSchema`). */
export type TableFieldSchema = {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly fields?: readonly TableFieldSchema[];
  readonly description?: string;
  readonly rangeElementType?: { readonly type: string };
  /** Of STRING and BYTES; an INT64 as a string. */
  readonly maxLength?: string;
  /** Of NUMERIC and BIGNUMERIC; INT64s as strings. */
  readonly precision?: string;
  readonly scale?: string;
  readonly roundingMode?: string;
  readonly timestampPrecision?: string;
  readonly collation?: string;
  readonly defaultValueExpression?: string;
  readonly policyTags?: { readonly names?: readonly string[] };
  readonly [other: string]: unknown;
};

export type TableSchema = { readonly fields: readonly TableFieldSchema[] };

/** The names REST answers with; requests may use either spelling. */
const restNames: Readonly<Record<string, RestType>> = {
  INT64: 'INTEGER',
  INT: 'INTEGER',
  SMALLINT: 'INTEGER',
  BIGINT: 'INTEGER',
  TINYINT: 'INTEGER',
  BYTEINT: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  STRUCT: 'RECORD',
  DECIMAL: 'NUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
};

export const restTypes = [
  'STRING',
  'BYTES',
  'INTEGER',
  'FLOAT',
  'NUMERIC',
  'BIGNUMERIC',
  'BOOLEAN',
  'TIMESTAMP',
  'DATE',
  'TIME',
  'DATETIME',
  'INTERVAL',
  'GEOGRAPHY',
  'JSON',
  'RANGE',
  'RECORD',
] as const;

export type RestType = (typeof restTypes)[number];

/** REST's name of a type (`INT64` → `INTEGER`, `STRUCT` → `RECORD`); undefined when BigQuery has no such type. */
export function parseRestType(type: string): RestType | undefined {
  const upper = type.toUpperCase();
  return restNames[upper] ?? restTypes.find((each) => each === upper);
}

export const isRepeated = (field: TableFieldSchema): boolean => field.mode?.toUpperCase() === 'REPEATED';

export const isRequired = (field: TableFieldSchema): boolean => field.mode?.toUpperCase() === 'REQUIRED';
