import type { CatalogCore } from '../catalog/catalog-core.ts';
import { getDataset } from '../catalog/dataset-operations.ts';
import { checkSchemaChange, mergeSchema } from '../catalog/evolve-schema.ts';
import { parseSchema } from '../catalog/parse-schema.ts';
import { rebuildTable } from '../catalog/rebuild-table.ts';
import { createStamp } from '../catalog/resource-stamp.ts';
import { isPlaced, type PlacedTable } from '../catalog/stored-table.ts';
import { type Decorated, parseDecorators } from '../catalog/table-decorator.ts';
import { planTable, publish } from '../catalog/table-operations.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import type { CreateDisposition, SchemaUpdateOption, WriteDisposition } from '../engine.ts';
import { createDuplicate, createInvalid, createNotFound, tableText } from '../failure.ts';
import type { TableInput, TableReference, TableResource, TableSchema } from '../resource.ts';
import { openPartition, writePartition } from './write-partition.ts';

export type WriteRequest = {
  readonly destination: TableReference;
  readonly writeDisposition: WriteDisposition;
  readonly createDisposition?: CreateDisposition;
  readonly schemaUpdateOptions?: readonly SchemaUpdateOption[];
  /** Of the rows to come; a table that is there keeps its own when this is undefined. */
  readonly schema?: TableSchema;
  /** Partitioning, labels and the like of a table that is made. */
  readonly shape?: Omit<TableInput, 'tableReference' | 'schema'>;
  readonly isValueTable?: boolean;
};

/** Writes the rows and says how many. Its columns are those of the table it is given. */
export type Fill = (connection: DuckConnection, table: PlacedTable) => Promise<bigint>;

/** All or nothing: readers see the old table until everything is there. */
export async function writeTable(
  core: CatalogCore,
  request: WriteRequest,
  fill: Fill,
  connection?: DuckConnection,
): Promise<{ readonly rows: bigint; readonly table: PlacedTable }> {
  const decorated = parseDecorators(request.destination);
  if (decorated.reference !== request.destination) return writeDecorated(core, request, decorated, fill, connection);
  const existing = await findDestination(core, request);
  if (existing && request.writeDisposition === 'WRITE_APPEND') return appendTo(core, existing, request, fill, connection);
  const table = planReplacement(core, existing, request);
  const rows = await inTransaction(core, connection, async (writer) => {
    await core.createDuckTable(writer, table);
    return fill(writer, table);
  });
  await core.change((connection) => publish(core, connection, table));
  return { rows, table };
}

async function writeDecorated(
  core: CatalogCore,
  request: WriteRequest,
  decorated: Decorated,
  fill: Fill,
  connection: DuckConnection | undefined,
): Promise<{ readonly rows: bigint; readonly table: PlacedTable }> {
  const opened = await openPartition(core, request, decorated);
  const plain = { ...request, destination: decorated.reference };
  const table = await evolve(core, opened.table, plain);
  const removes = request.writeDisposition.startsWith('WRITE_TRUNCATE');
  const note = removes ? await core.history.preserve(table) : undefined;
  const rows = await inTransaction(core, connection, (writer) =>
    writePartition(core, writer, { ...opened, table }, request.writeDisposition, fill),
  );
  core.sizes.forget(table);
  if (note) note();
  else core.history.grew(table, rows);
  return { rows, table };
}

/** A script's own connection where its variables are to be seen, else any. */
const inTransaction = <Value>(
  core: CatalogCore,
  connection: DuckConnection | undefined,
  work: (writer: DuckConnection) => Promise<Value>,
): Promise<Value> =>
  connection ? connection.transaction(() => work(connection)) : core.duck.use((writer) => writer.transaction(() => work(writer)));

async function findDestination(core: CatalogCore, request: WriteRequest): Promise<PlacedTable | undefined> {
  getDataset(core, request.destination);
  const table = core.state.table(request.destination);
  if (!table) {
    if (request.createDisposition === 'CREATE_NEVER') throw createNotFound('Table', tableText(request.destination));
    return undefined;
  }
  if (!isPlaced(table) || table.resource.type !== 'TABLE')
    throw createInvalid(
      `${tableText(request.destination)} is not allowed for this operation because it is currently a ${table.resource.type}.`,
    );
  if (request.writeDisposition === 'WRITE_EMPTY' && (await core.sizes.rows(table)) > 0n)
    throw createDuplicate('Table', tableText(request.destination));
  return table;
}

async function appendTo(
  core: CatalogCore,
  existing: PlacedTable,
  request: WriteRequest,
  fill: Fill,
  connection: DuckConnection | undefined,
) {
  const table = await evolve(core, existing, request);
  const rows = await inTransaction(core, connection, (writer) => fill(writer, table));
  core.sizes.forget(table);
  core.history.grew(table, rows);
  return { rows, table };
}

/** Adds and relaxes columns where the options allow it. */
async function evolve(core: CatalogCore, existing: PlacedTable, request: WriteRequest): Promise<PlacedTable> {
  if (!request.schema) return existing;
  const old = existing.resource.schema ?? { fields: [] };
  const given = parseSchema(request.schema);
  const schema = old.fields.length === 0 ? given : mergeSchema(old, given);
  checkAllowed(request, old, schema, given);
  if (JSON.stringify(schema) === JSON.stringify(old)) return existing;
  return core.change(async (connection) => {
    const next = await rebuildTable(core, connection, existing, { ...existing.resource, schema, ...createStamp() });
    await publish(core, connection, next);
    return next;
  });
}

function checkAllowed(
  { destination, schemaUpdateOptions = [] }: WriteRequest,
  old: TableSchema,
  merged: TableSchema,
  given: TableSchema,
): void {
  if (old.fields.length === 0) return;
  checkSchemaChange(destination, old, mergeSchema(given, merged));
  const prefix = `Provided Schema does not match Table ${tableText(destination)}.`;
  if (!schemaUpdateOptions.includes('ALLOW_FIELD_ADDITION')) {
    const added = merged.fields.find(({ name }) => !old.fields.some((field) => field.name === name));
    if (added) throw createInvalid(`${prefix} Cannot add fields (field: ${added.name})`);
  }
  if (!schemaUpdateOptions.includes('ALLOW_FIELD_RELAXATION')) {
    const relaxed = merged.fields.find(({ name, mode }) =>
      old.fields.some((field) => field.name === name && field.mode === 'REQUIRED' && mode !== 'REQUIRED'),
    );
    if (relaxed) throw createInvalid(`${prefix} Field ${relaxed.name} has changed mode from REQUIRED to NULLABLE`);
  }
}

function planReplacement(core: CatalogCore, existing: PlacedTable | undefined, request: WriteRequest): PlacedTable {
  const schema = request.schema ?? existing?.resource.schema;
  const kept = existing && request.shape === undefined ? keptShape(existing.resource) : {};
  const input: TableInput = { ...kept, ...request.shape, tableReference: request.destination, ...(schema && { schema }) };
  const planned = planTable(core, input);
  if (!isPlaced(planned)) throw createInvalid('A view cannot be written to');
  const creationTime = existing?.resource.creationTime ?? planned.resource.creationTime;
  return { ...planned, resource: { ...planned.resource, creationTime }, ...(request.isValueTable && { isValueTable: true }) };
}

/** What a table keeps when its rows are replaced. */
function keptShape(resource: TableResource): Partial<TableInput> {
  const { description, friendlyName, labels, timePartitioning, rangePartitioning, clustering, expirationTime } = resource;
  const shape = { description, friendlyName, labels, timePartitioning, rangePartitioning, clustering, expirationTime };
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));
}
