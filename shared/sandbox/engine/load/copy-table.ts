import type { CatalogCore } from '../catalog/catalog-core.ts';
import { columnsOf, hasPseudoColumns, isPlaced, type PlacedTable, type StoredTable, toDuckRelation } from '../catalog/stored-table.ts';
import { getDecorated } from '../catalog/table-operations.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import type { CopyOutcome, CopyRequest } from '../engine.ts';
import { createInvalid, tableText } from '../failure.ts';
import type { TableInput } from '../resource.ts';
import { writeTable } from '../rows/write-table.ts';

export async function copyTable(core: CatalogCore, request: CopyRequest): Promise<CopyOutcome> {
  const sources = request.sources.map((reference) => core.history.withoutBuffer(checkSource(getDecorated(core, reference))));
  const first = sources[0];
  if (!first) throw createInvalid('Required parameter is missing: sourceTables');
  for (const source of sources) checkSameShape(first, source);
  const { rows, table } = await writeTable(
    core,
    {
      destination: request.destination,
      writeDisposition: request.writeDisposition ?? 'WRITE_EMPTY',
      ...(request.createDisposition && { createDisposition: request.createDisposition }),
      ...(first.resource.schema && { schema: first.resource.schema }),
      shape: shapeOf(first, request),
    },
    async (connection, target) => {
      let copied = 0n;
      for (const source of sources) {
        const columns = hasPseudoColumns(target) && hasPseudoColumns(source) ? columnsOf(target) : columnsOf(ownColumns(target));
        const sql = `INSERT INTO ${toDuckTable(target.place)} (${columns}) SELECT ${columns} FROM ${toDuckRelation(source)}`;
        copied += BigInt((await connection.run(sql, request.signal)).rowsChanged);
      }
      return copied;
    },
  );
  return { copiedRows: String(rows), copiedLogicalBytes: String(await core.sizes.bytes(table)) };
}

/** Without the hidden ones. */
const ownColumns = (table: PlacedTable): StoredTable => {
  const { timePartitioning: _, ...resource } = table.resource;
  return { resource };
};

function checkSource(table: StoredTable): PlacedTable {
  if (isPlaced(table)) return table;
  throw createInvalid(`Cannot read a table without a schema: ${tableText(table.resource.tableReference)} is a ${table.resource.type}`);
}

function checkSameShape(first: PlacedTable, other: PlacedTable): void {
  const shape = ({ resource }: PlacedTable): string => JSON.stringify(resource.schema?.fields.map(({ name, type }) => [name, type]));
  if (shape(first) !== shape(other)) throw createInvalid('Source tables have different schemas: they cannot be copied into one table');
}

export function shapeOf(
  { resource }: StoredTable,
  { operationType }: Pick<CopyRequest, 'operationType'>,
): Omit<TableInput, 'tableReference' | 'schema'> {
  const { description, friendlyName, labels, timePartitioning, rangePartitioning, clustering } = resource;
  const shape = { description, friendlyName, labels, timePartitioning, rangePartitioning, clustering };
  const present = Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));
  if (operationType !== 'SNAPSHOT') return present;
  return { ...present, snapshotDefinition: { baseTableReference: resource.tableReference, snapshotTime: new Date().toISOString() } };
}
