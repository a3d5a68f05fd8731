import { createHash, randomUUID } from 'node:crypto';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { DuckStatement } from '../../../googlesql/to-duckdb.ts';
import { toTableFieldSchema } from '../../../googlesql/types/table-field-schema.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { writeResultEntry } from '../catalog/catalog-journal.ts';
import { createStamp } from '../catalog/resource-stamp.ts';
import type { PlacedTable } from '../catalog/stored-table.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import { readChunks } from '../duck/duck-connection.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName } from '../duck/quote.ts';
import type { QueryRequest } from '../engine.ts';
import type { DatasetReference, TableResource } from '../resource.ts';

const DAY_MS = 86_400_000;

export const schemaOf = ({ columns }: DuckStatement): readonly TableFieldSchema[] =>
  columns.map(({ name, type }) => toTableFieldSchema(name, type));

/** Runs a query into an anonymous table, so that a page of its answer is a read of that table. */
export async function writeResult(
  core: CatalogCore,
  connection: DuckConnection,
  duck: DuckStatement,
  request: Pick<QueryRequest, 'projectId' | 'userEmail' | 'onDestination'>,
  signal: AbortSignal | undefined,
  lifetimeMs = DAY_MS,
): Promise<{ readonly table: PlacedTable; readonly rows: bigint }> {
  const dataset = await openResultDataset(core, request.projectId, request.userEmail ?? '');
  const table = createResult(core, dataset, schemaOf(duck), lifetimeMs);
  request.onDestination?.(table.resource.tableReference);
  const rows = connection.isInTransaction
    ? await pump(core, connection, duck.sql, table, signal)
    : await createAs(core, connection, duck.sql, table, signal);
  core.state.putTable(table);
  core.sizes.setRows(table, rows);
  return { table, rows };
}

async function createAs(
  core: CatalogCore,
  connection: DuckConnection,
  sql: string,
  table: PlacedTable,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  return connection.transaction(async () => {
    const [row] = await connection.rows(`CREATE TABLE ${toDuckTable(table.place)} AS ${sql}`, signal);
    if (core.duck.isDurable) await writeResultEntry(connection, table);
    return row![0] as bigint;
  });
}

/** A transaction of DuckDB writes one database only, and the client's own has that: the rows go through a second connection, chunk by chunk. */
async function pump(
  core: CatalogCore,
  connection: DuckConnection,
  sql: string,
  table: PlacedTable,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  const result = await connection.stream(sql, signal);
  const columns = result.columnTypes().map((type, index) => `${quoteName(result.columnName(index))} ${type}`);
  let rows = 0n;
  await core.duck.use((writer) =>
    writer.transaction(async () => {
      await writer.run(`CREATE TABLE ${toDuckTable(table.place)} (${columns.join(', ')})`);
      const appender = await writer.createAppender(table.place.database, table.place.schema, table.place.table);
      for await (const chunk of readChunks(result, signal)) {
        appender.appendDataChunk(chunk);
        rows += BigInt(chunk.rowCount);
      }
      appender.closeSync();
      if (core.duck.isDurable) await writeResultEntry(writer, table);
    }),
  );
  return rows;
}

/** One hidden dataset per project and user, as BigQuery has it. */
async function openResultDataset(core: CatalogCore, projectId: string, userEmail: string): Promise<DatasetReference> {
  const datasetId = `_${createHash('sha1').update(`${projectId} ${userEmail}`).digest('hex')}`;
  await core.openHiddenDataset({ projectId, datasetId });
  return { projectId, datasetId };
}

function createResult(core: CatalogCore, dataset: DatasetReference, fields: readonly TableFieldSchema[], lifetimeMs: number): PlacedTable {
  const tableReference = { ...dataset, tableId: `anon${createHash('sha256').update(randomUUID()).digest('hex')}` };
  const now = Date.now();
  const resource: TableResource = {
    kind: 'bigquery#table',
    id: `${dataset.projectId}:${dataset.datasetId}.${tableReference.tableId}`,
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${dataset.projectId}/datasets/${dataset.datasetId}/tables/${tableReference.tableId}`,
    tableReference,
    type: 'TABLE',
    location: core.location,
    schema: { fields },
    creationTime: String(now),
    expirationTime: String(now + lifetimeMs),
    ...createStamp(),
  };
  return { resource, place: core.createPlace(tableReference), isSealed: true };
}
