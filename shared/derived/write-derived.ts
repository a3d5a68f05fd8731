import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Bundle } from '../bundle/bundle.ts';
import type { MemberFile } from '../bundle/member-writer.ts';
import { derivedPath, exchangeTables, fillTables } from './fill-tables.ts';
import { isMemoryTrouble, memorySteps } from './memory-trouble.ts';
import { quoteText } from './quote.ts';
import { writeRows } from './rows/write-rows.ts';
import { createTables } from './tables.sql.ts';
import { writeParquet } from './write-parquet.ts';

export type DerivedOptions = {
  /** Bytes of recorded answers whose rows come along, in the order of recording; 0: no rows at all. */
  readonly rowBytes?: number | undefined;
  /** Files of rows at most, one for each kind: a bundle has room for so many beside its other members. */
  readonly rowFiles?: number | undefined;
  /** What DuckDB may take, as it writes sizes. Default: what suffices for most sessions, and more where it does not. */
  readonly tableMemory?: string | undefined;
};

/** What most sessions have less of. Rows as Parquet take about half of what their answers take. */
const defaultRowBytes = 1_073_741_824;
const defaultRowFiles = 1_000;

/**
 * Writes the tables of the review, one Parquet file each: reading one is then DuckDB's own copy, without unnesting or parsing; beside them the rows
 * of results, typed. Files go to `folder`, which must exist. Memory is bounded: rows lie in a database file of that folder on their way.
 */
export async function writeDerived(bundle: Bundle, folder: string, options: DerivedOptions = {}): Promise<MemberFile[]> {
  const steps = options.tableMemory === undefined ? memorySteps : [options.tableMemory];
  try {
    return await writeWithin(steps, bundle, path.join(folder, 'first'), options);
  } catch (error) {
    // Not one statement needs more, but what was staged for many.
    if (!isMemoryTrouble(error) || steps.length === 1) throw error;
    return await writeWithin(steps.slice(-1), bundle, path.join(folder, 'again'), options);
  }
}

async function writeWithin(
  steps: readonly string[],
  bundle: Bundle,
  folder: string,
  { rowBytes = defaultRowBytes, rowFiles = defaultRowFiles }: DerivedOptions,
): Promise<MemberFile[]> {
  mkdirSync(folder);
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: steps[0]!,
    // A second one would hold as much again, and most of the work is not DuckDB's.
    threads: '1',
    temp_directory: folder,
    // What is freed goes back to the system soon.
    allocator_flush_threshold: '1MB',
    allocator_bulk_deallocation_flush_threshold: '1MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    // Nobody reads the file after a crash.
    await connection.run(`ATTACH ${quoteText(path.join(folder, 'derived.duckdb'))} AS derived (RECOVERY_MODE no_wal_writes); USE derived`);
    await connection.run(createTables);
    const { fault } = await fillTables(bundle, connection, 'derived', breathe);
    if (fault !== undefined) throw fault;
    const files: MemberFile[] = [];
    for (const table of exchangeTables) {
      files.push(await writeParquet(connection, table, path.join(folder, `${table}.parquet`), derivedPath(table), steps));
    }
    if (rowBytes === 0) return files;
    return [...files, ...(await writeRows(bundle, { connection, folder, steps, maxBytes: rowBytes, maxFiles: rowFiles }))];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function breathe(exchanges: number): Promise<boolean> {
  if (exchanges % 1024 === 0) await new Promise((resolve) => setImmediate(resolve));
  return true;
}
