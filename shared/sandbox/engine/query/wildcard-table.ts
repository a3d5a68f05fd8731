import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { CatalogTable } from '../../../googlesql/analyze/catalog.ts';
import { duckType } from '../../../googlesql/generate/duck-type.ts';
import { STRING } from '../../../googlesql/types/sql-type.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { fieldsOf, isPlaced, type PlacedTable, typeOfField } from '../catalog/stored-table.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import { tableText } from '../failure.ts';
import type { TableReference } from '../resource.ts';

/** All tables of the dataset that begin so, as one. Its schema is that of the newest; others give NULL for what they lack. */
export function findWildcard(
  core: CatalogCore,
  reference: TableReference,
): { readonly table: CatalogTable; readonly members: readonly PlacedTable[] } {
  const prefix = reference.tableId.slice(0, -1);
  const members = core.state
    .tables(reference)
    .filter(isPlaced)
    .filter(({ resource }) => resource.tableReference.tableId.startsWith(prefix))
    .sort((a, b) => (a.resource.tableReference.tableId < b.resource.tableReference.tableId ? -1 : 1));
  if (members.length === 0) throw createNoMatch(reference);
  const newest = members.reduce((best, each) => (Number(each.resource.creationTime) >= Number(best.resource.creationTime) ? each : best));
  const selects = members.map((member) => toSelect(member, newest, prefix));
  const table: CatalogTable = {
    path: reference,
    columns: [
      ...fieldsOf(newest).map((field) => ({ name: field.name, type: typeOfField(field) })),
      { name: '_TABLE_SUFFIX', type: STRING, isPseudo: true },
    ],
    duckName: `(${selects.join(' UNION ALL ')})`,
  };
  return { table, members };
}

function toSelect(member: PlacedTable, newest: PlacedTable, prefix: string): string {
  const columns = fieldsOf(newest).map((field) => {
    const own = fieldsOf(member).find(({ name }) => name.toLowerCase() === field.name.toLowerCase());
    const value = own === undefined ? 'NULL' : quoteName(own.name);
    return `CAST(${value} AS ${duckType(typeOfField(field))}) AS ${quoteName(field.name)}`;
  });
  const suffix = `${quoteText(member.resource.tableReference.tableId.slice(prefix.length))} AS "_TABLE_SUFFIX"`;
  return `SELECT ${[...columns, suffix].join(', ')} FROM ${toDuckTable(member.place)}`;
}

const createNoMatch = (reference: TableReference): BigQueryError =>
  new BigQueryError({ reason: 'notFound', message: `${tableText(reference)} does not match any table.` });
