import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { SqlAnswer } from '../../../shared/contract/result.ts';
import { quoteText } from '../../../shared/derived/quote.ts';
import { toCell } from '../database/to-cell.ts';
import { toColumn } from '../database/to-column.ts';
import type { SqlOrder } from './sql-messages.ts';

/** Opens the case read-only, shuts every door to files, network and settings, then runs what the investigator wrote. */
export async function runOrder(order: SqlOrder): Promise<SqlAnswer> {
  const startedAt = performance.now();
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: order.memoryLimit,
    threads: String(order.threads),
    temp_directory: order.spillDirectory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
  });
  const connection = await instance.connect();
  for (const { file, catalog } of order.files) await connection.run(`ATTACH ${quoteText(file)} AS ${catalog} (READ_ONLY)`);
  for (const view of order.views) await connection.run(view);
  await connection.run(`SET TimeZone = 'UTC'; SET enable_external_access = false; SET lock_configuration = true;`);
  return run(connection, order, startedAt);
}

async function run(connection: DuckDBConnection, { sql, maxRows }: SqlOrder, startedAt: number): Promise<SqlAnswer> {
  const reader = await connection.streamAndReadUntil(sql, maxRows + 1);
  const names = reader.deduplicatedColumnNames();
  const types = reader.columnTypes();
  const rows = reader.getRows();
  return {
    columns: names.map((name, index) => toColumn(name, types[index]!)),
    rows: rows.slice(0, maxRows).map((row) => row.map(toCell)),
    truncated: rows.length > maxRows,
    elapsedMs: performance.now() - startedAt,
  };
}
