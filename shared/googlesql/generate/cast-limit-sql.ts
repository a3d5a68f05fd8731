import type { TypeLimits } from '../analyze/resolved-tree.ts';
import { type SqlType, type StructType, typeText } from '../types/sql-type.ts';
import { errorSql } from './cast-sql.ts';
import { quoteName, structFieldNames } from './duck-type.ts';
import { fieldSql } from './field-sql.ts';

/** Holds a value to its parameterised type: STRING(n) too long is an error, NUMERIC(p, s) is rounded to its scale, then too large is one. */
export function limitSql(sql: string, type: SqlType, limits: TypeLimits): string {
  if (limits.element && type.kind === 'ARRAY')
    return `list_transform(${sql}, lambda element: ${limitSql('element', type.element, limits.element)})`;
  if (limits.fields && type.kind === 'STRUCT') return limitStruct(sql, type, limits.fields);
  if (limits.maxLength !== undefined) {
    const length = type.kind === 'BYTES' ? `octet_length(${sql})` : `length(${sql})`;
    const column = `'${type.kind}(${limits.maxLength}) has maximum length ${limits.maxLength} but got a value with length ' || ${length}`;
    const message = limits.isColumn ? column : `'maximum length ${limits.maxLength} exceeded for ${typeText(type)}'`;
    return `CASE WHEN ${length} > ${limits.maxLength} THEN ${errorSql(message, type)} ELSE ${sql} END`;
  }
  if (limits.precision === undefined) return sql;
  const scale = limits.scale ?? 0;
  if (type.kind === 'BIGNUMERIC') return `bq_limit_bignumeric(${sql}, ${limits.precision}, ${scale})`;
  const rounded = `CAST(round(${sql}, ${scale}) AS DECIMAL(38,9))`;
  const message = rangeMessage(limits.precision, scale);
  return `CASE WHEN abs(${rounded}) >= CAST('1${'0'.repeat(limits.precision - scale)}' AS DECIMAL(38,9)) THEN ${errorSql(message, type)} ELSE ${rounded} END`;
}

function rangeMessage(precision: number, scale: number): string {
  const largest = ('9'.repeat(precision - scale) || '0') + (scale > 0 ? `.${'9'.repeat(scale)}` : '');
  const name = scale > 0 ? `NUMERIC(${precision}, ${scale})` : `NUMERIC(${precision})`;
  return `'${name} has precision ${precision} and scale ${scale} but got a value that is not in range of [-${largest}, ${largest}]'`;
}

function limitStruct(sql: string, type: StructType, limits: readonly (TypeLimits | undefined)[]): string {
  const names = structFieldNames(type);
  const fields = type.fields.map((field, i) => {
    const value = fieldSql(sql, type, i);
    return `${quoteName(names[i]!)} := ${limits[i] ? limitSql(value, field.type, limits[i]) : value}`;
  });
  return `CASE WHEN ${sql} IS NULL THEN NULL ELSE struct_pack(${fields.join(', ')}) END`;
}
