import { setImmediate as nextTurn } from 'node:timers/promises';
import { DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import { toPartitionTime } from '../catalog/partition-key.ts';
import { fieldsOf, type PlacedTable } from '../catalog/stored-table.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import { quoteText } from '../duck/quote.ts';
import { createStopped } from '../failure.ts';

/** DuckDB's own size of a vector. */
const CHUNK_ROWS = 2048;

/**
 * Writes rows whose values are in the schema's order; hidden columns get their defaults. Batches of a chunk, with other work between them.
 * A NULL in a REQUIRED column throws what DuckDB says: callers check before.
 */
export async function appendRows(
  connection: DuckConnection,
  table: PlacedTable,
  rows: AsyncIterable<readonly DuckDBValue[]> | Iterable<readonly DuckDBValue[]>,
  signal?: AbortSignal,
  partitionId?: string,
): Promise<bigint> {
  const { database, schema, table: name } = table.place;
  const appender = await connection.createAppender(database, schema, name);
  const types = Array.from({ length: appender.columnCount }, (_, index) => appender.columnType(index));
  const hidden = await hiddenValues(connection, table, types.length, partitionId);
  let written = 0n;
  let batch: DuckDBValue[][] = [];
  const flush = (): void => {
    if (batch.length === 0) return;
    appender.appendDataChunk(toChunk(types, batch));
    written += BigInt(batch.length);
    batch = [];
  };
  try {
    for await (const row of rows) {
      batch.push([...row, ...hidden]);
      if (batch.length < CHUNK_ROWS) continue;
      flush();
      await nextTurn();
      if (signal?.aborted) throw createStopped();
    }
    flush();
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
  return written;
}

function toChunk(types: readonly DuckDBType[], rows: readonly DuckDBValue[][]): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(types, rows.length);
  chunk.setRows(rows);
  return chunk;
}

/** The appender writes every column: those the schema does not name get what their DEFAULT says now. */
async function hiddenValues(
  connection: DuckConnection,
  table: PlacedTable,
  columnCount: number,
  partitionId: string | undefined,
): Promise<readonly DuckDBValue[]> {
  const own = fieldsOf(table).length;
  if (columnCount === own) return [];
  const unit = table.resource.timePartitioning?.type.toLowerCase();
  if (unit === undefined) return [null];
  const time = partitionId && toPartitionTime(partitionId);
  const now = time ? `TIMESTAMPTZ ${quoteText(time)}` : `date_trunc('${unit}', get_current_timestamp())`;
  return (await connection.rows(`SELECT ${now}, CAST(${now} AS DATE)`))[0]!;
}
