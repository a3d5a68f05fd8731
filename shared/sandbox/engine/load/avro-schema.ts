import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { createNotImplemented } from '../failure.ts';
import type { TableSchema } from '../resource.ts';
import { LoadFailure } from './load-failure.ts';

/** An Avro type with its names resolved and its nullability apart. https://avro.apache.org/docs/1.11.1/specification/ */
export type AvroType = { readonly isNullable: boolean; readonly doc?: string } & (
  | { readonly kind: 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string' | 'enum' | 'fixed'; readonly logical?: Logical }
  | { readonly kind: 'array'; readonly element: AvroType }
  | { readonly kind: 'map'; readonly element: AvroType }
  | { readonly kind: 'record'; readonly fields: readonly { readonly name: string; readonly type: AvroType; readonly doc?: string }[] }
);
export type Logical = { readonly name: string; readonly precision: number; readonly scale: number };

/** What a load says about types beside the file. */
export type AvroTyping = { readonly useLogicalTypes: boolean; readonly decimalTargetTypes: readonly string[] };

// biome-ignore lint/suspicious/noExplicitAny: JSON of somebody else's file, looked at member by member
type Raw = any;

/** The record a file's rows are. Throws for a schema that BigQuery or the sandbox does not take. */
export function parseAvroSchema(schema: Raw): Extract<AvroType, { kind: 'record' }> {
  const parsed = parseType(schema, new Map(), undefined, 0);
  if (parsed.kind === 'record' && !parsed.isNullable) return parsed;
  throw new LoadFailure('The Apache Avro file must contain records at its top level.', []);
}

const primitives = ['boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
const MAX_DEPTH = 32;

function parseType(raw: Raw, names: Map<string, Raw>, namespace: string | undefined, depth: number): AvroType {
  if (depth > MAX_DEPTH) throw new LoadFailure('The Apache Avro schema is nested too deeply, or a record contains itself.', []);
  if (Array.isArray(raw)) return parseUnion(raw, names, namespace, depth);
  if (typeof raw === 'string') {
    if (primitives.includes(raw)) return { kind: raw as 'int', isNullable: false };
    const named = names.get(raw.includes('.') || !namespace ? raw : `${namespace}.${raw}`) ?? names.get(raw);
    if (named === undefined) throw new LoadFailure(`The Apache Avro schema names a type that it does not define: ${raw}`, []);
    return parseType(named.raw, names, named.namespace, depth + 1);
  }
  if (primitives.includes(raw?.type)) return withLogical({ kind: raw.type, isNullable: false }, raw);
  const home = define(raw, names, namespace);
  switch (raw?.type) {
    case 'enum':
      return { kind: 'enum', isNullable: false };
    case 'fixed':
      return withLogical({ kind: 'fixed', isNullable: false }, raw);
    case 'array':
      return { kind: 'array', isNullable: false, element: parseType(raw.items, names, namespace, depth + 1) };
    case 'map':
      return { kind: 'map', isNullable: false, element: parseType(raw.values, names, namespace, depth + 1) };
    case 'record':
    case 'error':
      return { kind: 'record', isNullable: false, fields: raw.fields.map((field: Raw) => parseField(field, names, home, depth)) };
    default:
      return parseType(raw?.type, names, namespace, depth + 1);
  }
}

function parseField(field: Raw, names: Map<string, Raw>, namespace: string | undefined, depth: number) {
  const doc = typeof field.doc === 'string' ? { doc: field.doc as string } : {};
  return { name: String(field.name), type: parseType(field.type, names, namespace, depth + 1), ...doc };
}

/** A named type may be spoken of later, by its full name or inside its namespace by the short one. */
function define(raw: Raw, names: Map<string, Raw>, namespace: string | undefined): string | undefined {
  if (typeof raw?.name !== 'string') return namespace;
  const dot = raw.name.lastIndexOf('.');
  const home: string | undefined = dot >= 0 ? raw.name.slice(0, dot) : (raw.namespace ?? namespace);
  names.set(home ? `${home}.${raw.name.slice(dot + 1)}` : raw.name, { raw, namespace: home });
  return home;
}

function parseUnion(raw: readonly Raw[], names: Map<string, Raw>, namespace: string | undefined, depth: number): AvroType {
  const branches = raw.filter((branch) => branch !== 'null' && branch?.type !== 'null');
  if (branches.length === 1) return { ...parseType(branches[0], names, namespace, depth + 1), isNullable: branches.length < raw.length };
  throw createNotImplemented(`Avro unions of several types are not supported by the sandbox: ${JSON.stringify(raw).slice(0, 200)}`);
}

function withLogical(type: AvroType, { logicalType, sqlType, precision, scale }: Raw): AvroType {
  const name = logicalType ?? (typeof sqlType === 'string' ? `sql:${sqlType.toUpperCase()}` : undefined);
  return name === undefined
    ? type
    : ({ ...type, logical: { name, precision: Number(precision ?? 0), scale: Number(scale ?? 0) } } as AvroType);
}

/** The columns BigQuery makes of a file's record. */
export const toAvroFields = ({ fields }: Extract<AvroType, { kind: 'record' }>, typing: AvroTyping): TableSchema => ({
  fields: fields.map(({ name, type, doc }) => ({ ...toField(name, type, typing), ...(doc === undefined ? {} : { description: doc }) })),
});

function toField(name: string, type: AvroType, typing: AvroTyping): TableFieldSchema {
  if (type.kind === 'array') {
    if (type.element.kind === 'array' || type.element.kind === 'map')
      throw new LoadFailure(`Field ${name} is an array of arrays, which BigQuery does not have.`, []);
    return { ...toField(name, type.element, typing), mode: 'REPEATED' };
  }
  if (type.kind === 'map') {
    const entry = [{ name: 'key', type: 'STRING', mode: 'REQUIRED' }, toField('value', type.element, typing)];
    return { name, type: 'RECORD', mode: 'REPEATED', fields: entry };
  }
  const mode = type.isNullable ? 'NULLABLE' : 'REQUIRED';
  if (type.kind === 'record') return { name, type: 'RECORD', mode, fields: toAvroFields(type, typing).fields };
  return { name, ...toScalarType(name, type.kind, type.logical, typing), mode };
}

const plainTypes: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  long: 'INTEGER',
  float: 'FLOAT',
  double: 'FLOAT',
  bytes: 'BYTES',
  fixed: 'BYTES',
  string: 'STRING',
  enum: 'STRING',
};

const logicalTypes: Readonly<Record<string, string>> = {
  'int:date': 'DATE',
  'int:time-millis': 'TIME',
  'long:time-micros': 'TIME',
  'long:timestamp-millis': 'TIMESTAMP',
  'long:timestamp-micros': 'TIMESTAMP',
  'long:local-timestamp-millis': 'DATETIME',
  'long:local-timestamp-micros': 'DATETIME',
  'string:datetime': 'DATETIME',
};

/** `sqlType` is how BigQuery's own exports name what Avro has no type for; it counts without the logical types being asked for. */
function toScalarType(name: string, kind: string, logical: Logical | undefined, typing: AvroTyping): { readonly type: string } {
  const sql = logical?.name.startsWith('sql:') && kind === 'string' ? logical.name.slice(4) : undefined;
  if (sql === 'JSON' || sql === 'GEOGRAPHY' || sql === 'DATETIME') return { type: sql };
  if (!typing.useLogicalTypes || logical === undefined) return { type: plainTypes[kind]! };
  if (logical.name === 'decimal' && (kind === 'bytes' || kind === 'fixed')) return { type: toDecimalType(name, logical, typing) };
  return { type: logicalTypes[`${kind}:${logical.name}`] ?? plainTypes[kind]! };
}

/** The first of NUMERIC, BIGNUMERIC, STRING that the load allows and that holds every value. */
export function toDecimalType(
  name: string,
  { precision, scale }: Pick<Logical, 'precision' | 'scale'>,
  { decimalTargetTypes }: Pick<AvroTyping, 'decimalTargetTypes'>,
): string {
  const wholeDigits = precision - scale;
  const fits = { NUMERIC: wholeDigits <= 29 && scale <= 9, BIGNUMERIC: wholeDigits <= 39 && scale <= 38, STRING: true };
  const found = (['NUMERIC', 'BIGNUMERIC', 'STRING'] as const).find((type) => decimalTargetTypes.includes(type) && fits[type]);
  if (found !== undefined) return found;
  throw new LoadFailure(
    `Field ${name} of type DECIMAL(${precision}, ${scale}) does not fit any of the decimal target types ${decimalTargetTypes.join(', ')}.`,
    [],
  );
}
