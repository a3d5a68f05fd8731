import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Bundle } from '../../../shared/bundle/bundle.ts';
import { derivedPath, exchangeTables } from '../../../shared/derived/fill-tables.ts';
import { quoteText } from '../../../shared/derived/quote.ts';

/**
 * Takes the tables that came with a bundle. Parquet has no integrity of its own: each file is copied out and hashed, and the copy is read only when
 * its hash is the manifest's. False, with the tables empty, when one is missing, is another, or does not hold what such a table holds.
 * To be called only when the manifest was signed by a pinned key.
 */
export async function loadDerived(bundle: Bundle, connection: DuckDBConnection, catalog: string, folder: string): Promise<boolean> {
  const stated = new Map(bundle.manifest.resources.map(({ path, hash }) => [path, hash]));
  if (!exchangeTables.every((table) => stated.has(derivedPath(table)))) return false;
  const copies = await mkdtemp(join(folder, 'derived-'));
  try {
    for (const table of exchangeTables) {
      const copy = join(copies, `${table}.parquet`);
      const path = derivedPath(table);
      if ((await copyOut(bundle.fileStream(path), copy)) !== stated.get(path)) return await empty(connection, catalog);
      await connection.run(`INSERT INTO ${catalog}.${table} BY NAME FROM read_parquet(${quoteText(copy)})`);
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

/** Returns the digest as a manifest states it. */
async function copyOut(pieces: AsyncIterable<Uint8Array> | undefined, copy: string): Promise<string | undefined> {
  if (pieces === undefined) return undefined;
  const digest = createHash('sha256');
  const file = await open(copy, 'wx', 0o600);
  try {
    for await (const piece of pieces) {
      digest.update(piece);
      await file.write(piece);
    }
  } finally {
    await file.close();
  }
  return `sha256:${digest.digest('hex')}`;
}
