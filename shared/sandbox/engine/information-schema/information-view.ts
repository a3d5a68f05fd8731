import type { CatalogTable } from '../../../googlesql/analyze/catalog.ts';
import { duckType } from '../../../googlesql/generate/duck-type.ts';
import { literalSql } from '../../../googlesql/generate/literal-sql.ts';
import { arrayOf, type SqlType, STRING, scalarTypeNamed } from '../../../googlesql/types/sql-type.ts';
import { quoteName } from '../duck/quote.ts';
import type { QueryWorld } from '../query/query-world.ts';
import type { InformationScope } from './find-information-schema.ts';

/** Column name → GoogleSQL type, in order. */
export type ViewColumns = Readonly<Record<string, string>>;
/** A value of a cell: text, number or flag; epoch milliseconds for TIMESTAMP; a list for ARRAY<STRING>. */
export type ViewValue = string | number | bigint | boolean | null | undefined | readonly string[];
export type ViewRow = Readonly<Record<string, ViewValue>>;

export type InformationView = {
  readonly columns: ViewColumns;
  readonly rows: (world: QueryWorld, scope: InformationScope) => readonly ViewRow[];
};

/** A view whose rows are known here: they become constants in the statement. */
export function toViewTable(path: CatalogTable['path'], columns: ViewColumns, rows: readonly ViewRow[]): CatalogTable {
  const typed = Object.entries(columns).map(([name, type]) => ({ name, type: typeNamed(type) }));
  const selects = rows.map((row) => `(${typed.map(({ name, type }) => toLiteral(row[name], type)).join(', ')})`);
  const names = typed.map(({ name }) => quoteName(name)).join(', ');
  const nothing = typed.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteName(name)}`).join(', ');
  const duckName =
    rows.length === 0 ? `(SELECT ${nothing} WHERE FALSE)` : `(SELECT * FROM (VALUES ${selects.join(', ')}) AS view_rows(${names}))`;
  return { path, columns: typed, duckName };
}

const typeNamed = (name: string): SqlType => (name === 'ARRAY<STRING>' ? arrayOf(STRING) : scalarTypeNamed(name)!);

function toLiteral(value: ViewValue, type: SqlType): string {
  if (value === undefined || value === null) return literalSql(null, type);
  if (Array.isArray(value)) return `CAST([${value.map((item: string) => literalSql(item, STRING)).join(', ')}] AS VARCHAR[])`;
  if (type.kind === 'INT64') return literalSql(BigInt(value as string | number | bigint), type);
  if (type.kind === 'TIMESTAMP') return literalSql(BigInt(Math.trunc(Number(value))) * 1000n, type);
  return literalSql(value as string | boolean, type);
}
