import type { DuckConnection } from '../duck/duck-connection.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { createDuplicate, createInvalid, createNotFound, tableText } from '../failure.ts';
import type { TableInput, TableReference, TableResource, TableSchema } from '../resource.ts';
import type { CatalogCore } from './catalog-core.ts';
import { getDataset } from './dataset-operations.ts';
import { checkSchemaChange } from './evolve-schema.ts';
import { parseSchema } from './parse-schema.ts';
import { toPartitionCondition } from './partition-key.ts';
import { rebuildTable } from './rebuild-table.ts';
import { applyPatch, createStamp, mergeLabels } from './resource-stamp.ts';
import { isPlaced, type PlacedTable, type StoredTable } from './stored-table.ts';
import { type Decorated, parseDecorators } from './table-decorator.ts';
import { checkTableId, toTableResource } from './table-resource.ts';

export function getTable(core: CatalogCore, reference: TableReference): StoredTable {
  getDataset(core, reference);
  const table = core.state.table(reference);
  if (!table) throw createNotFound('Table', tableText(reference));
  return table;
}

/** What a name means that may be decorated: a table, a partition of it, a time of it. Throws notFound, or what is wrong with the decorator. */
export function getDecorated(core: CatalogCore, given: TableReference): StoredTable {
  const { reference, partitionId, at } = parseDecorators(given);
  if (partitionId === undefined && at === undefined) return getTable(core, given);
  const current = core.state.table(reference);
  if (!current && (at === undefined || !core.state.dataset(reference))) throw createNotFound('Table', tableText(given));
  const table =
    at === undefined ? current! : core.history.find(reference, current, at === 0 ? core.history.earliest(reference, current) : at);
  const where = partitionId === undefined ? {} : { where: toPartitionCondition(table, partitionId) };
  return {
    ...table,
    resource: { ...table.resource, id: tableText(given), tableReference: given },
    window: { ...table.window, ...where },
  };
}

export const listTables = (
  core: CatalogCore,
  reference: TableReference | { projectId: string; datasetId: string },
): readonly TableResource[] => {
  getDataset(core, reference);
  return core.state
    .tables(reference)
    .map(({ resource }) => resource)
    .sort((a, b) => (a.tableReference.tableId < b.tableReference.tableId ? -1 : 1));
};

export async function describeTable(core: CatalogCore, reference: TableReference): Promise<TableResource> {
  const table = getDecorated(core, reference);
  if (!isPlaced(table)) return table.resource;
  const [rows, bytes] = await Promise.all([core.sizes.rows(table), core.sizes.bytes(table)]);
  const modified = Math.max(
    Number(table.resource.lastModifiedTime),
    core.history.modifiedAt(tableText(parseDecorators(reference).reference)) ?? 0,
  );
  return { ...table.resource, lastModifiedTime: String(modified), numRows: String(rows), numBytes: String(bytes), numLongTermBytes: '0' };
}

/** `columnNames`: of a view whose query calls them otherwise. */
export async function createTable(core: CatalogCore, input: TableInput, columnNames: readonly string[] = []): Promise<TableResource> {
  checkTableId(input.tableReference);
  const known = await withFileSchema(core, input);
  return core.change(async (connection) => {
    checkFree(core, input.tableReference);
    const table = planTable(core, known, columnNames);
    if (isPlaced(table)) await core.createDuckTable(connection, table);
    await publish(core, connection, table);
    return table.resource;
  });
}

/** An external table that names no columns has those of its files. */
async function withFileSchema(core: CatalogCore, input: TableInput): Promise<TableInput> {
  const config = input.externalDataConfiguration;
  const given = input.schema ?? (config?.['schema'] as TableSchema | undefined);
  if (!config || given?.fields?.length) return given ? { ...input, schema: given } : input;
  const schema = await core.externals.detectSchema(tableText(input.tableReference), config, input.tableReference.projectId);
  // Said outright, so that a header which was detected is passed over when the rows are read.
  return { ...input, schema, externalDataConfiguration: { ...config, autodetect: true } };
}

/** A table that is not in the catalogue yet: with a place for its rows, or a view with its columns. */
export function planTable(core: CatalogCore, input: TableInput, columnNames: readonly string[] = []): StoredTable {
  const dataset = getDataset(core, input.tableReference);
  const view = input.view ?? input.materializedView;
  if (view === undefined) {
    if (input.externalDataConfiguration) return { resource: toTableResource(input, dataset, input.schema) };
    const resource = toTableResource(input, dataset, input.schema ?? { fields: [] });
    return { resource, place: core.createPlace(input.tableReference) };
  }
  if (view.useLegacySql === true) throw createInvalid('Legacy SQL views are not supported by the sandbox: set useLegacySql to false');
  const described = core.describeView(view, input.tableReference);
  const columns = described.map((field, index) => ({ ...field, name: columnNames[index] ?? field.name }));
  return { resource: toTableResource(input, dataset, withDescriptions({ fields: columns }, input.schema)) };
}

/** A view's columns come from its query; only their descriptions are the client's. */
function withDescriptions(schema: TableSchema, given: TableSchema | undefined): TableSchema {
  const byName = new Map(given?.fields.map((field) => [field.name.toLowerCase(), field.description]));
  return {
    fields: schema.fields.map((field) => {
      const description = byName.get(field.name.toLowerCase());
      return description === undefined ? field : { ...field, description };
    }),
  };
}

function checkFree(core: CatalogCore, reference: TableReference): void {
  getDataset(core, reference);
  if (core.state.table(reference)) throw createDuplicate('Table', tableText(reference));
}

/** Makes a table what its name means from now on; what had the name before is dropped. To be called inside `core.change`. */
export async function publish(core: CatalogCore, connection: DuckConnection, table: StoredTable): Promise<void> {
  const before = core.state.table(table.resource.tableReference);
  await core.write(connection, { kind: 'table', value: table });
  core.state.putTable(table);
  core.sizes.forget(table);
  if (!isPlaced(table) || (before && !isPlaced(before))) core.definitions++;
  if (before && before.place !== table.place) await core.letGo(connection, before);
  if (before?.place === undefined || before.place !== table.place) core.history.began(table);
}

export function patchTable(core: CatalogCore, reference: TableReference, patch: Readonly<Record<string, unknown>>): Promise<TableResource> {
  const { tableReference: _, type: __, numRows: ___, numBytes: ____, ...changes } = patch;
  return changeTable(core, reference, (old) => {
    const labels = 'labels' in changes ? { labels: mergeLabels(old.labels, changes['labels']) } : {};
    return applyPatch(old, { ...changes, ...labels });
  });
}

export const updateTable = (core: CatalogCore, reference: TableReference, input: TableInput): Promise<TableResource> =>
  changeTable(core, reference, (old) => {
    const { friendlyName: _, description: __, labels: ___, expirationTime: ____, ...kept } = old;
    return { ...kept, ...input, tableReference: old.tableReference };
  });

type Change = (old: TableResource) => TableResource;

async function changeTable(core: CatalogCore, reference: TableReference, change: Change): Promise<TableResource> {
  return core.change(async (connection) => {
    const old = getTable(core, reference);
    const changed = { ...change(old.resource), ...createStamp() };
    const table = await applyChange(core, connection, old, changed);
    await publish(core, connection, table);
    return table.resource;
  });
}

async function applyChange(core: CatalogCore, connection: DuckConnection, old: StoredTable, changed: TableResource): Promise<StoredTable> {
  if (!isPlaced(old)) return changeView(core, old, changed);
  if (changed.schema === old.resource.schema || changed.schema === undefined) return { ...old, resource: changed };
  const schema = parseSchema(changed.schema);
  checkSchemaChange(changed.tableReference, old.resource.schema ?? { fields: [] }, schema);
  return reshape(core, connection, old, { ...changed, schema });
}

/** Rows are rewritten only where DuckDB's columns differ; descriptions and the like are the catalogue's own. */
async function reshape(core: CatalogCore, connection: DuckConnection, old: PlacedTable, resource: TableResource): Promise<PlacedTable> {
  if (JSON.stringify(toShape(old.resource.schema)) === JSON.stringify(toShape(resource.schema))) return { ...old, resource };
  return rebuildTable(core, connection, old, resource);
}

const toShape = (schema: TableSchema | undefined): unknown =>
  schema?.fields.map(({ name, type, mode, fields }) => [name, type, mode, fields ? toShape({ fields }) : undefined]);

function changeView(core: CatalogCore, old: StoredTable, changed: TableResource): StoredTable {
  const view = changed.view ?? changed.materializedView;
  if (view === undefined || view.query === (old.resource.view ?? old.resource.materializedView)?.query)
    return { ...old, resource: changed };
  return { ...old, resource: { ...changed, schema: { fields: core.describeView(view, changed.tableReference) } } };
}

/** Of `t$20240101` only that partition's rows go. */
async function deletePartition(core: CatalogCore, given: TableReference, { reference, partitionId }: Decorated): Promise<void> {
  if (partitionId === undefined) throw createInvalid(`Cannot delete a table as it was: ${tableText(given)}`);
  const table = getTable(core, reference);
  if (!isPlaced(table)) throw createInvalid(`Cannot delete a partition of a ${table.resource.type}`);
  const condition = toPartitionCondition(table, partitionId);
  const note = await core.history.preserve(table);
  await core.duck.run(`DELETE FROM ${toDuckTable(table.place)} WHERE ${condition}`);
  core.sizes.forget(table);
  note();
}

export async function deleteTable(core: CatalogCore, reference: TableReference): Promise<void> {
  const decorated = parseDecorators(reference);
  if (decorated.reference !== reference) return deletePartition(core, reference, decorated);
  await core.change(async (connection) => {
    const value = getTable(core, reference);
    await core.erase(connection, { kind: 'table', value });
    core.state.removeTable(reference);
    core.definitions++;
    await core.letGo(connection, value);
  });
}
