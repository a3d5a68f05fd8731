import { duckType, structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import type { SqlType, StructType } from '../../../googlesql/types/sql-type.ts';
import { quoteName, quoteText } from '../duck/quote.ts';

/**
 * DuckDB expression that turns a stored value into the form of a changed column: struct fields are matched by name, new ones are NULL, scalars are cast.
 * `value` must be cheap to repeat.
 */
export function toConvertedValue(value: string, from: SqlType, to: SqlType, depth = 0): string {
  if (duckType(from) === duckType(to)) return value;
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') {
    const element = `e${depth}`;
    return `list_transform(${value}, lambda ${element}: ${toConvertedValue(element, from.element, to.element, depth + 1)})`;
  }
  if (from.kind === 'STRUCT' && to.kind === 'STRUCT') return toConvertedStruct(value, from, to, depth);
  return `CAST(${value} AS ${duckType(to)})`;
}

function toConvertedStruct(value: string, from: StructType, to: StructType, depth: number): string {
  const oldNames = structFieldNames(from);
  const newNames = structFieldNames(to);
  const members = to.fields.map((field, index) => {
    const source = from.fields.findIndex((old) => old.name?.toLowerCase() === field.name?.toLowerCase());
    const member =
      source < 0
        ? `CAST(NULL AS ${duckType(field.type)})`
        : toConvertedValue(`struct_extract(${value}, ${quoteText(oldNames[source]!)})`, from.fields[source]!.type, field.type, depth);
    return `${quoteName(newNames[index]!)} := ${member}`;
  });
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${members.join(', ')}) END`;
}
