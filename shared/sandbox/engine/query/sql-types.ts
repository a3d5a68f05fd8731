// GoogleSQL types in the two shapes REST has for them beside TableFieldSchema: query parameters and routine arguments.
import { arrayOf, rangeOf, type SqlType, scalarTypeNamed, structField, structOf } from '../../../googlesql/types/sql-type.ts';
import type { QueryParameterType } from '../engine.ts';
import { createInvalid } from '../failure.ts';
import type { StandardSqlType } from '../resource.ts';

export function parseParameterType({ type, arrayType, structTypes, rangeElementType }: QueryParameterType): SqlType {
  const kind = type.toUpperCase();
  if (kind === 'ARRAY' && arrayType) return arrayOf(parseParameterType(arrayType));
  if (kind === 'RANGE' && rangeElementType) return rangeOf(parseParameterType(rangeElementType));
  if (kind === 'STRUCT' && structTypes)
    return structOf(structTypes.map((field) => structField(field.name, parseParameterType(field.type))));
  const scalar = scalarTypeNamed(kind);
  if (!scalar) throw createInvalid(`Invalid query parameter type: ${type}`);
  return scalar;
}

export function parseStandardType({ typeKind, arrayElementType, structType, rangeElementType }: StandardSqlType): SqlType {
  if (arrayElementType) return arrayOf(parseStandardType(arrayElementType));
  if (rangeElementType) return rangeOf(parseStandardType(rangeElementType));
  if (structType) return structOf(structType.fields.map(({ name, type }) => structField(name, parseStandardType(type!))));
  const scalar = scalarTypeNamed(typeKind);
  if (!scalar) throw createInvalid(`Invalid value for typeKind: ${typeKind}`);
  return scalar;
}

export function toStandardType(type: SqlType): StandardSqlType {
  if (type.kind === 'ARRAY') return { typeKind: 'ARRAY', arrayElementType: toStandardType(type.element) };
  if (type.kind === 'RANGE') return { typeKind: 'RANGE', rangeElementType: toStandardType(type.element) };
  if (type.kind !== 'STRUCT') return { typeKind: type.kind };
  const fields = type.fields.map((field) => ({
    ...(field.name === undefined ? {} : { name: field.name }),
    type: toStandardType(field.type),
  }));
  return { typeKind: 'STRUCT', structType: { fields } };
}
