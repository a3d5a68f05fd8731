import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { duckType, structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import { structField, structOf } from '../../../googlesql/types/sql-type.ts';
import { fieldsOf, type PlacedTable, toDuckRelation, typeOfField } from '../catalog/stored-table.ts';
import { type Duck, RESULT_DATABASE } from '../duck/open-duck.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import type { ReadOptions, Row } from '../engine.ts';
import { createInvalid } from '../failure.ts';
import { createToRow } from './to-cell.ts';

/** Pages of a table in the order its rows were written. */
export async function* readRows(duck: Duck, table: PlacedTable, options: ReadOptions): AsyncGenerator<readonly Row[], void, void> {
  const selection = options.selectedFields ? selectFields(fieldsOf(table), options.selectedFields) : fieldsOf(table).map(whole);
  const toRow = createToRow(selection.map(({ field }) => typeOfField(field)));
  const sql = `SELECT ${selection.map(({ sql }) => sql).join(', ') || 'NULL'} FROM ${toDuckRelation(table)}${toWindow(table, options)}`;
  const connection = await duck.connect();
  try {
    for await (const chunk of connection.chunks(sql, options.signal)) {
      const rows = chunk.getRows().map(toRow);
      const size = options.pageRows ?? rows.length;
      for (let start = 0; start < rows.length; start += size) yield size === rows.length ? rows : rows.slice(start, start + size);
    }
  } finally {
    duck.release(connection);
  }
}

/** Result tables are written once, so that a row's number is its place and DuckDB skips whole row groups; other tables may have gaps. */
function toWindow(table: PlacedTable, { startIndex = 0, maxResults }: ReadOptions): string {
  const start = BigInt(startIndex);
  if (table.place.database === RESULT_DATABASE && table.isSealed) {
    const end = maxResults === undefined ? '' : ` AND rowid < ${start + BigInt(maxResults)}`;
    return ` WHERE rowid >= ${start}${end}`;
  }
  return `${maxResults === undefined ? '' : ` LIMIT ${maxResults}`}${start === 0n ? '' : ` OFFSET ${start}`}`;
}

type Selected = { readonly field: TableFieldSchema; readonly sql: string };

const whole = (field: TableFieldSchema): Selected => ({ field, sql: quoteName(field.name) });

/** `a`, `b.c`: the schema's order, each record cut down to what was asked of it. Throws `invalid` for a name that is not there. */
export function selectFields(fields: readonly TableFieldSchema[], names: readonly string[]): readonly Selected[] {
  const wanted = names.map((name) => name.toLowerCase().split('.'));
  const unknown = names.find((_, index) => !fields.some((field) => field.name.toLowerCase() === wanted[index]![0]));
  if (unknown !== undefined) throw createInvalid(`Field '${unknown}' is not present in the table schema`);
  return fields.flatMap((field) => {
    const paths = wanted.filter(([head]) => head === field.name.toLowerCase()).map(([, ...rest]) => rest);
    return paths.length === 0 ? [] : [narrow(field, quoteName(field.name), paths, 0)];
  });
}

function narrow(field: TableFieldSchema, sql: string, paths: readonly (readonly string[])[], depth: number): Selected {
  if (!field.fields || paths.some((path) => path.length === 0)) return { field, sql };
  const kept = field.fields.filter(({ name }) => paths.some(([head]) => head === name.toLowerCase()));
  if (kept.length === 0) throw createInvalid(`Field '${field.name}.${paths[0]!.join('.')}' is not present in the table schema`);
  const narrowed = { ...field, fields: kept };
  if (field.mode !== 'REPEATED') return narrowStruct(narrowed, field, sql, paths, depth);
  const element = `e${depth}`;
  const { field: inner, sql: body } = narrowStruct(narrowed, field, element, paths, depth + 1);
  return { field: inner, sql: `list_transform(${sql}, lambda ${element}: ${body})` };
}

function narrowStruct(
  narrowed: TableFieldSchema,
  full: TableFieldSchema,
  sql: string,
  paths: readonly (readonly string[])[],
  depth: number,
): Selected {
  const names = structFieldNames(structOf(full.fields!.map((field) => structField(field.name, typeOfField(field)))));
  const members = narrowed.fields!.map((field) => {
    const index = full.fields!.indexOf(field);
    const rest = paths.filter(([head]) => head === field.name.toLowerCase()).map(([, ...tail]) => tail);
    return { name: names[index]!, ...narrow(field, `struct_extract(${sql}, ${quoteText(names[index]!)})`, rest, depth) };
  });
  const field = { ...narrowed, fields: members.map((member) => member.field) };
  const pack = `struct_pack(${members.map((member) => `${quoteName(member.name)} := ${member.sql}`).join(', ')})`;
  return {
    field,
    sql: `CASE WHEN ${sql} IS NULL THEN CAST(NULL AS ${duckType(typeOfField({ ...field, mode: 'NULLABLE' }))}) ELSE ${pack} END`,
  };
}
