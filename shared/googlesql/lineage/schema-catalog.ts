import type { Catalog, CatalogColumn, CatalogRoutine, CatalogTable, NameDefaults, TablePath } from '../analyze/catalog.ts';
import { parseTableFieldSchema, type TableFieldSchema } from '../types/table-field-schema.ts';

/**
 * A table or view as BigQuery's `tables.get` describes it. `viewSql`: of a view in GoogleSQL. A `tableId` that ends in `*` is a wildcard table
 * with the columns that BigQuery gives it, and is found by exactly that name.
 */
export type SchemaTable = { readonly path: TablePath; readonly fields: readonly TableFieldSchema[]; readonly viewSql?: string };

/** A SQL function or table function by its path; `tableId` is the routine's name. */
export type SchemaRoutine = { readonly path: TablePath; readonly routine: CatalogRoutine };

/** Columns that BigQuery adds to tables partitioned by ingestion time; they hold no one's data. */
const PSEUDO: readonly CatalogColumn[] = [
  { name: '_PARTITIONTIME', type: { kind: 'TIMESTAMP' }, isPseudo: true },
  { name: '_PARTITIONDATE', type: { kind: 'DATE' }, isPseudo: true },
];
const WILDCARD_PSEUDO: readonly CatalogColumn[] = [{ name: '_TABLE_SUFFIX', type: { kind: 'STRING' }, isPseudo: true }];

/**
 * A catalogue of known schemas, for lineage only: nothing in it can be run. Tables and routines that are not in it are not found, so that a
 * statement with them has no lineage. Throws TypeError on a column type that we do not know.
 */
export function createSchemaCatalog(tables: readonly SchemaTable[], routines: readonly SchemaRoutine[] = []): Catalog {
  const known = new Map(tables.map((table) => [toKey(table.path), toCatalogTable(table)]));
  const knownRoutines = new Map(routines.map(({ path, routine }) => [toKey(path), routine]));
  return {
    findTable: (path, defaults) => find(known, path, defaults),
    findRoutine: (path, defaults) => find(knownRoutines, path, defaults),
  };
}

const toKey = ({ projectId, datasetId, tableId }: TablePath): string => JSON.stringify([projectId, datasetId, tableId]);

/** INFORMATION_SCHEMA views have more names than a table, and are not known here. */
const find = <Entry>(known: ReadonlyMap<string, Entry>, path: readonly string[], defaults: NameDefaults): Entry | undefined =>
  path.length > 3 ? undefined : known.get(toKey(completePath(path, defaults)));

export function completePath(path: readonly string[], defaults: NameDefaults): TablePath {
  return {
    projectId: path.at(-3) ?? defaults.projectId ?? '',
    datasetId: path.at(-2) ?? defaults.datasetId ?? '',
    tableId: path.at(-1) ?? '',
  };
}

function toCatalogTable({ path, fields, viewSql }: SchemaTable): CatalogTable {
  const pseudo = path.tableId.endsWith('*') ? [...PSEUDO, ...WILDCARD_PSEUDO] : PSEUDO;
  const table = { path, columns: [...fields.map(toColumn), ...pseudo], duckName: path.tableId };
  const home = { projectId: path.projectId, datasetId: path.datasetId };
  return viewSql === undefined ? table : { ...table, view: { sql: viewSql, columnNames: fields.map(({ name }) => name), defaults: home } };
}

function toColumn(field: TableFieldSchema): CatalogColumn {
  const type = parseTableFieldSchema(field);
  if (!type) throw new TypeError(`Column ${field.name} has the unknown type ${field.type}`);
  return { name: field.name, type };
}
