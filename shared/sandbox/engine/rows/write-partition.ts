import type { CatalogCore } from '../catalog/catalog-core.ts';
import { checkPartitionId, toPartitionCondition, toPartitionTime } from '../catalog/partition-key.ts';
import {
  fieldsOf,
  hasPseudoColumns,
  isPlaced,
  PARTITION_DATE_COLUMN,
  PARTITION_TIME_COLUMN,
  type PlacedTable,
} from '../catalog/stored-table.ts';
import type { Decorated } from '../catalog/table-decorator.ts';
import { createTable, getTable } from '../catalog/table-operations.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import { createDuplicate, createInvalid, createNotFound, tableText } from '../failure.ts';
import type { TimePartitioning } from '../resource.ts';
import type { Fill, WriteRequest } from './write-table.ts';

type Prepared = { readonly table: PlacedTable; readonly partitionId: string };

/** The table a write to `t$20240101` goes to; made, partitioned by ingestion time, when it is not there. */
export async function openPartition(
  core: CatalogCore,
  request: WriteRequest,
  { reference, partitionId, at }: Decorated,
): Promise<Prepared> {
  if (at !== undefined || partitionId === undefined)
    throw createInvalid(`Cannot write to a table as it was: ${tableText(request.destination)}`);
  if (!core.state.table(reference)) {
    if (request.createDisposition === 'CREATE_NEVER') throw createNotFound('Table', tableText(reference));
    const timePartitioning: TimePartitioning = { type: unitOf(partitionId), ...request.shape?.timePartitioning };
    await createTable(core, {
      ...request.shape,
      tableReference: reference,
      timePartitioning,
      ...(request.schema && { schema: request.schema }),
    });
  }
  const table = getTable(core, reference);
  if (!isPlaced(table))
    throw createInvalid(`${tableText(reference)} is not allowed for this operation because it is currently a ${table.resource.type}.`);
  checkPartitioned(table, partitionId);
  return { table, partitionId };
}

const units: Readonly<Record<number, TimePartitioning['type']>> = { 4: 'YEAR', 6: 'MONTH', 10: 'HOUR' };
const unitOf = (partitionId: string): TimePartitioning['type'] => units[partitionId.length] ?? 'DAY';

function checkPartitioned(table: PlacedTable, partitionId: string): void {
  const { timePartitioning, rangePartitioning } = table.resource;
  if (timePartitioning || rangePartitioning) {
    checkPartitionId(table, partitionId);
    return;
  }
  throw createInvalid(
    `Incompatible table partitioning specification. Expects partitioning specification none, but input partitioning specification is interval(type:${unitOf(partitionId).toLowerCase()})`,
  );
}

/** All or nothing: the rows are written aside, looked at, and moved into the table, in one transaction. */
export async function writePartition(
  core: CatalogCore,
  writer: DuckConnection,
  { table, partitionId }: Prepared,
  disposition: WriteRequest['writeDisposition'],
  fill: Fill,
): Promise<bigint> {
  const condition = toPartitionCondition(table, partitionId);
  if (disposition === 'WRITE_EMPTY') await checkEmpty(writer, table, condition, partitionId);
  const aside: PlacedTable = { ...table, place: core.createPlace(table.resource.tableReference) };
  await core.createDuckTable(writer, aside);
  const rows = await fill(writer, aside);
  if (!hasPseudoColumns(table)) await checkRows(writer, aside, condition, partitionId);
  if (disposition.startsWith('WRITE_TRUNCATE')) await writer.run(`DELETE FROM ${toDuckTable(table.place)} WHERE ${condition}`);
  await writer.run(toMove(table, aside, partitionId));
  await writer.run(`DROP TABLE ${toDuckTable(aside.place)}`);
  return rows;
}

async function checkEmpty(writer: DuckConnection, table: PlacedTable, condition: string, partitionId: string): Promise<void> {
  const [row] = await writer.rows(`SELECT EXISTS (FROM ${toDuckTable(table.place)} WHERE ${condition})`);
  if (row![0]) throw createDuplicate('Table', `${tableText(table.resource.tableReference)}$${partitionId}`);
}

async function checkRows(writer: DuckConnection, aside: PlacedTable, condition: string, partitionId: string): Promise<void> {
  const [row] = await writer.rows(`SELECT EXISTS (FROM ${toDuckTable(aside.place)} WHERE NOT (${condition}))`);
  if (row![0]) throw createInvalid(`Some rows belong to different partitions rather than destination partition ${partitionId}`);
}

function toMove(table: PlacedTable, aside: PlacedTable, partitionId: string): string {
  const own = fieldsOf(table).map(({ name }) => quoteName(name));
  const time = toPartitionTime(partitionId);
  const hidden = hasPseudoColumns(table)
    ? [
        [PARTITION_TIME_COLUMN, time === undefined ? 'NULL' : `TIMESTAMPTZ ${quoteText(time)}`],
        [PARTITION_DATE_COLUMN, time === undefined ? 'NULL' : `DATE ${quoteText(time.slice(0, 10))}`],
      ]
    : [];
  const names = [...own, ...hidden.map(([name]) => quoteName(name!))].join(', ');
  const values = [...own, ...hidden.map(([, value]) => value)].join(', ');
  return `INSERT INTO ${toDuckTable(table.place)} (${names}) SELECT ${values} FROM ${toDuckTable(aside.place)}`;
}
