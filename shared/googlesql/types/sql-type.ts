/** A GoogleSQL type. Precision and length of a parameterised type (`NUMERIC(10, 2)`) constrain a column's values and do not take part in typing. */
export type SqlType = ScalarType | ArrayType | StructType | RangeType;

export type ScalarKind =
  | 'INT64'
  | 'FLOAT64'
  | 'NUMERIC'
  | 'BIGNUMERIC'
  | 'BOOL'
  | 'STRING'
  | 'BYTES'
  | 'DATE'
  | 'DATETIME'
  | 'TIME'
  | 'TIMESTAMP'
  | 'INTERVAL'
  | 'JSON'
  | 'GEOGRAPHY';

export type ScalarType = { readonly kind: ScalarKind };
export type ArrayType = { readonly kind: 'ARRAY'; readonly element: SqlType };
export type StructField = { readonly name?: string; readonly type: SqlType };
export type StructType = { readonly kind: 'STRUCT'; readonly fields: readonly StructField[] };
export type RangeType = { readonly kind: 'RANGE'; readonly element: SqlType };

export const SCALAR_KINDS: readonly ScalarKind[] = [
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'BIGNUMERIC',
  'BOOL',
  'STRING',
  'BYTES',
  'DATE',
  'DATETIME',
  'TIME',
  'TIMESTAMP',
  'INTERVAL',
  'JSON',
  'GEOGRAPHY',
];

const scalars = new Map(SCALAR_KINDS.map((kind) => [kind, { kind } as const]));

export const scalar = (kind: ScalarKind): ScalarType => scalars.get(kind)!;
export const arrayOf = (element: SqlType): ArrayType => ({ kind: 'ARRAY', element });
export const rangeOf = (element: SqlType): RangeType => ({ kind: 'RANGE', element });
export const structOf = (fields: readonly StructField[]): StructType => ({ kind: 'STRUCT', fields });
export const structField = (name: string | undefined, type: SqlType): StructField => (name ? { name, type } : { type });

export const INT64 = scalar('INT64');
export const FLOAT64 = scalar('FLOAT64');
export const NUMERIC = scalar('NUMERIC');
export const BIGNUMERIC = scalar('BIGNUMERIC');
export const BOOL = scalar('BOOL');
export const STRING = scalar('STRING');
export const BYTES = scalar('BYTES');
export const DATE = scalar('DATE');
export const DATETIME = scalar('DATETIME');
export const TIME = scalar('TIME');
export const TIMESTAMP = scalar('TIMESTAMP');
export const INTERVAL = scalar('INTERVAL');
export const JSON_TYPE = scalar('JSON');
export const GEOGRAPHY = scalar('GEOGRAPHY');

/** The alias spellings BigQuery accepts for a scalar type name, in upper case. */
const TYPE_ALIASES: Readonly<Record<string, ScalarKind>> = {
  INT: 'INT64',
  SMALLINT: 'INT64',
  INTEGER: 'INT64',
  BIGINT: 'INT64',
  TINYINT: 'INT64',
  BYTEINT: 'INT64',
  DECIMAL: 'NUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
  BOOLEAN: 'BOOL',
  FLOAT: 'FLOAT64',
  DOUBLE: 'FLOAT64',
};

/** The scalar type a name means in SQL text, aliases included. */
export function scalarTypeNamed(name: string): ScalarType | undefined {
  const upper = name.toUpperCase();
  return scalars.get(TYPE_ALIASES[upper] ?? (upper as ScalarKind));
}

export const isNumeric = (type: SqlType): boolean =>
  type.kind === 'INT64' || type.kind === 'FLOAT64' || type.kind === 'NUMERIC' || type.kind === 'BIGNUMERIC';

/** Same type, struct field names included (case-insensitively), as BigQuery's `Type::Equals`. */
export function sameType(a: SqlType, b: SqlType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'ARRAY' || a.kind === 'RANGE') return sameType(a.element, (b as ArrayType).element);
  if (a.kind !== 'STRUCT') return true;
  const other = (b as StructType).fields;
  return a.fields.length === other.length && a.fields.every((field, i) => sameField(field, other[i]!));
}

const sameField = (a: StructField, b: StructField): boolean =>
  (a.name ?? '').toLowerCase() === (b.name ?? '').toLowerCase() && sameType(a.type, b.type);

/** The type as BigQuery prints it: `ARRAY<STRUCT<a INT64, STRING>>`. */
export function typeText(type: SqlType): string {
  if (type.kind === 'ARRAY' || type.kind === 'RANGE') return `${type.kind}<${typeText(type.element)}>`;
  if (type.kind !== 'STRUCT') return type.kind;
  return `STRUCT<${type.fields.map((f) => (f.name ? `${quoteField(f.name)} ${typeText(f.type)}` : typeText(f.type))).join(', ')}>`;
}

const quoteField = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);
