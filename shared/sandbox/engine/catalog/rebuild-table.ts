import { duckType } from '../../../googlesql/generate/duck-type.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName } from '../duck/quote.ts';
import type { TableResource } from '../resource.ts';
import type { CatalogCore } from './catalog-core.ts';
import { toConvertedValue } from './convert-value.ts';
import {
  fieldsOf,
  hasPseudoColumns,
  PARTITION_DATE_COLUMN,
  PARTITION_TIME_COLUMN,
  type PlacedTable,
  toColumnDefinitions,
  typeOfField,
} from './stored-table.ts';

/** `from` names the old column a new one is filled from; undefined for a column that begins as `initial` (NULL when absent). */
export type ColumnOrigin = { readonly from?: string; readonly initial?: string };

/** Another DuckDB table of the new shape with the old rows in their order; the old one is for `publish` to let go. Columns are matched by name unless `origins` says otherwise. */
export async function rebuildTable(
  core: CatalogCore,
  connection: DuckConnection,
  old: PlacedTable,
  resource: TableResource,
  origins: ReadonlyMap<string, ColumnOrigin> = new Map(),
): Promise<PlacedTable> {
  const next: PlacedTable = { ...old, resource, place: core.createPlace(resource.tableReference) };
  await connection.run(`CREATE TABLE ${toDuckTable(next.place)} (${toColumnDefinitions(next)})`);
  const columns = fieldsOf(next).map((field) => ({ name: field.name, value: toOriginValue(old, field, origins.get(field.name)) }));
  const hidden = hasPseudoColumns(old) && hasPseudoColumns(next) ? [PARTITION_TIME_COLUMN, PARTITION_DATE_COLUMN] : [];
  const all = [...columns, ...hidden.map((name) => ({ name, value: quoteName(name) }))];
  if (all.length > 0) {
    const names = all.map(({ name }) => quoteName(name)).join(', ');
    await connection.run(
      `INSERT INTO ${toDuckTable(next.place)} (${names}) SELECT ${all.map(({ value }) => value).join(', ')} FROM ${toDuckTable(old.place)}`,
    );
  }
  return next;
}

function toOriginValue(old: PlacedTable, field: ReturnType<typeof fieldsOf>[number], origin: ColumnOrigin | undefined): string {
  const type = typeOfField(field);
  const wanted = (origin ? origin.from : field.name)?.toLowerCase();
  const source = fieldsOf(old).find(({ name }) => name.toLowerCase() === wanted);
  if (source) return toConvertedValue(quoteName(source.name), typeOfField(source), type);
  return origin?.initial ?? `CAST(NULL AS ${duckType(type)})`;
}
