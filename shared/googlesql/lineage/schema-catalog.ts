import type { Catalog, CatalogColumn, CatalogTable, NameDefaults, TablePath } from '../analyze/catalog.ts';
import { parseTableFieldSchema, type TableFieldSchema } from '../types/table-field-schema.ts';

/** A table or view as BigQuery's `tables.get` describes it. `viewSql`: of a view in GoogleSQL. */
export type SchemaTable = { readonly path: TablePath; readonly fields: readonly TableFieldSchema[]; readonly viewSql?: string };

/** Columns that BigQuery adds to tables partitioned by ingestion time; they hold no one's data. */
const PSEUDO: readonly CatalogColumn[] = [
  { name: '_PARTITIONTIME', type: { kind: 'TIMESTAMP' }, isPseudo: true },
  { name: '_PARTITIONDATE', type: { kind: 'DATE' }, isPseudo: true },
];

/**
 * A catalogue of known schemas, for lineage only: nothing in it can be run. Tables that are not in it, wildcard tables and routines are not found,
 * so that a statement with them has no lineage. Throws on a type that we do not know.
 */
export function createSchemaCatalog(tables: readonly SchemaTable[]): Catalog {
  const known = new Map(tables.map((table) => [toKey(table.path), toCatalogTable(table)]));
  return {
    findTable: (path, defaults) => known.get(toKey(complete(path, defaults))),
    findRoutine: () => undefined,
  };
}

const toKey = ({ projectId, datasetId, tableId }: TablePath): string => JSON.stringify([projectId, datasetId, tableId]);

function complete(path: readonly string[], defaults: NameDefaults): TablePath {
  return {
    projectId: path.at(-3) ?? defaults.projectId ?? '',
    datasetId: path.at(-2) ?? defaults.datasetId ?? '',
    tableId: path.at(-1) ?? '',
  };
}

function toCatalogTable({ path, fields, viewSql }: SchemaTable): CatalogTable {
  const table = { path, columns: [...fields.map(toColumn), ...PSEUDO], duckName: path.tableId };
  const home = { projectId: path.projectId, datasetId: path.datasetId };
  return viewSql === undefined ? table : { ...table, view: { sql: viewSql, columnNames: fields.map(({ name }) => name), defaults: home } };
}

function toColumn(field: TableFieldSchema): CatalogColumn {
  const type = parseTableFieldSchema(field);
  if (!type) throw new TypeError(`Column ${field.name} has the unknown type ${field.type}`);
  return { name: field.name, type };
}
