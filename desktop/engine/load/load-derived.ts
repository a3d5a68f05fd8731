import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Bundle } from '../../../shared/bundle/bundle.ts';
import { derivedPath, exchangeTables } from '../../../shared/derived/fill-tables.ts';
import { quoteName, quoteText } from '../../../shared/derived/quote.ts';
import { copyDerived } from './copy-derived.ts';

/**
 * Takes the tables that came with a bundle. Parquet has no integrity of its own: each file is copied out and hashed, and the copy is read only when
 * its hash is the manifest's. False, with the tables empty, when one is missing, is another, or does not hold what such a table holds.
 * To be called only when the manifest was signed by a pinned key.
 */
export async function loadDerived(bundle: Bundle, connection: DuckDBConnection, catalog: string, folder: string): Promise<boolean> {
  const named = new Set(bundle.manifest.resources.map(({ path }) => path));
  if (!exchangeTables.every((table) => named.has(derivedPath(table)))) return false;
  const copies = await mkdtemp(join(folder, 'derived-'));
  try {
    for (const table of exchangeTables) {
      const copy = join(copies, `${table}.parquet`);
      if (!(await copyDerived(bundle, derivedPath(table), copy))) return await empty(connection, catalog);
      await connection.run(
        `INSERT INTO ${catalog}.${table} ${await selectColumns(connection, catalog, table)} FROM read_parquet(${quoteText(copy)})`,
      );
      await rm(copy);
    }
    if (await isComplete(bundle, connection, catalog)) return true;
  } catch {
    // Not what a table holds: DuckDB ended the transaction with the error.
    await connection.run('ROLLBACK');
    await connection.run('BEGIN');
  } finally {
    await rm(copies, { recursive: true, force: true });
  }
  return await empty(connection, catalog);
}

/** Each by its name: tables that lack one were written by an older release, and are made of the records. */
async function selectColumns(connection: DuckDBConnection, catalog: string, table: string): Promise<string> {
  const columns = await connection.runAndReadAll(`SELECT name FROM pragma_table_info(${quoteText(`${catalog}.${table}`)})`);
  return `SELECT ${columns
    .getRows()
    .map(([name]) => quoteName(String(name)))
    .join(', ')}`;
}

async function isComplete(bundle: Bundle, connection: DuckDBConnection, catalog: string): Promise<boolean> {
  const counted = await connection.runAndReadAll(
    `SELECT count(*), count(DISTINCT number) FROM ${catalog}.exchange WHERE outcome <> 'unfinished'`,
  );
  return counted.getRows()[0]!.every((count) => count === BigInt(bundle.manifest.steno.exchanges));
}

async function empty(connection: DuckDBConnection, catalog: string): Promise<false> {
  for (const table of exchangeTables) await connection.run(`DELETE FROM ${catalog}.${table}`);
  return false;
}
