import { arrayOf, rangeOf, type SqlType, scalarTypeNamed, structField, structOf } from './sql-type.ts';

/** BigQuery's REST `TableFieldSchema`, the members that carry a type. */
export type TableFieldSchema = {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly fields?: readonly TableFieldSchema[];
  readonly rangeElementType?: { readonly type: string };
};

const REST_NAMES: Readonly<Record<string, string>> = { INT64: 'INTEGER', FLOAT64: 'FLOAT', BOOL: 'BOOLEAN' };

export function toTableFieldSchema(name: string, type: SqlType): TableFieldSchema {
  if (type.kind === 'ARRAY') return { ...toTableFieldSchema(name, type.element), mode: 'REPEATED' };
  if (type.kind === 'STRUCT') return { name, type: 'RECORD', mode: 'NULLABLE', fields: toTableFieldSchemas(type.fields) };
  if (type.kind === 'RANGE') return { name, type: 'RANGE', mode: 'NULLABLE', rangeElementType: { type: type.element.kind } };
  return { name, type: REST_NAMES[type.kind] ?? type.kind, mode: 'NULLABLE' };
}

/** Anonymous fields get BigQuery's names for them: `_field_1`, counted from one. */
const toTableFieldSchemas = (fields: readonly { readonly name?: string; readonly type: SqlType }[]): TableFieldSchema[] =>
  fields.map((field, i) => toTableFieldSchema(field.name ?? `_field_${i + 1}`, field.type));

/** The type a REST schema field means; undefined for a type name that BigQuery does not have. */
export function parseTableFieldSchema(field: Omit<TableFieldSchema, 'name'>): SqlType | undefined {
  const element = parseElement(field);
  return element && (field.mode?.toUpperCase() === 'REPEATED' ? arrayOf(element) : element);
}

function parseElement(field: Omit<TableFieldSchema, 'name'>): SqlType | undefined {
  const name = field.type.toUpperCase();
  if (name === 'RANGE') return parseRange(field.rangeElementType?.type);
  if (name !== 'RECORD' && name !== 'STRUCT') return scalarTypeNamed(name);
  const types = (field.fields ?? []).map(parseTableFieldSchema);
  return types.every((t) => t) ? structOf(types.map((type, i) => structField(field.fields![i]!.name, type!))) : undefined;
}

function parseRange(element: string | undefined): SqlType | undefined {
  const type = element && scalarTypeNamed(element);
  return type ? rangeOf(type) : undefined;
}
