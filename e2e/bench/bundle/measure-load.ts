import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { copyDerived } from '../../../desktop/engine/load/copy-derived.ts';
import { loadBundle } from '../../../desktop/engine/load/load-bundle.ts';
import { loadDerived } from '../../../desktop/engine/load/load-derived.ts';
import type { Bundle } from '../../../shared/bundle/bundle.ts';
import { openBundle } from '../../../shared/bundle/open-bundle.ts';
import { derivedPath, exchangeTables } from '../../../shared/derived/fill-tables.ts';
import { createTables } from '../../../shared/derived/tables.sql.ts';
import { median } from '../median.ts';

const ROUNDS = 5;

type Cost = { readonly ms: number; readonly cpuMs: number };

/** What tables that come with a bundle save: loading them beside DuckDB's own copy of the same files, in turns, and beside rebuilding them from the records. */
export async function measureLoad(file: string): Promise<Record<string, number>> {
  const folder = mkdtempSync(`${file}.load-`);
  const bundle = await openBundle(file);
  try {
    for (const table of exchangeTables) await copyDerived(bundle, derivedPath(table), fileOf(folder, table));
    const [copies, loads]: [Cost[], Cost[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      copies.push(await withTables(folder, (connection) => copyTables(connection, folder)));
      loads.push(await withTables(folder, (connection) => load(bundle, connection, folder)));
    }
    const rebuilt = await withTables(folder, (connection) => rebuild(bundle, connection, folder));
    const [copy, loaded] = [medianOf(copies), medianOf(loads)];
    return { copyMs: copy.ms, copyCpuMs: copy.cpuMs, loadMs: loaded.ms, loadCpuMs: loaded.cpuMs, rebuildMs: rebuilt.ms };
  } finally {
    await bundle.close();
    rmSync(folder, { recursive: true });
  }
}

/** DuckDB's own copy of the same files, nothing else; one transaction, as the loading is. */
async function copyTables(connection: DuckDBConnection, folder: string): Promise<void> {
  await connection.run('BEGIN');
  for (const table of exchangeTables)
    await connection.run(`CREATE TABLE copy_of_${table} AS FROM read_parquet('${fileOf(folder, table)}')`);
  await connection.run('COMMIT');
}

async function load(bundle: Bundle, connection: DuckDBConnection, folder: string): Promise<void> {
  await connection.run('BEGIN');
  if (!(await loadDerived(bundle, connection, 'own', folder))) throw new Error('The derived tables were not taken');
  await connection.run('COMMIT');
}

async function rebuild(bundle: Bundle, connection: DuckDBConnection, folder: string): Promise<void> {
  const { signal } = new AbortController();
  await loadBundle(bundle, { connection, catalog: 'own', checks: [], folder, signal, onProgress: () => undefined });
}

/** In a database on the disk, as the review app has it. */
async function withTables(folder: string, run: (connection: DuckDBConnection) => Promise<void>): Promise<Cost> {
  const file = path.join(folder, 'tables.duckdb');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`ATTACH '${file}' AS own; USE own; ${createTables}`);
  const [begun, from] = [performance.now(), process.cpuUsage()];
  await run(connection);
  const { user, system } = process.cpuUsage(from);
  const cost = { ms: performance.now() - begun, cpuMs: (user + system) / 1_000 };
  connection.closeSync();
  instance.closeSync();
  rmSync(file);
  return cost;
}

const fileOf = (folder: string, table: string): string => path.join(folder, `${table}.parquet`);

const medianOf = (costs: readonly Cost[]): Cost => ({
  ms: median(costs.map(({ ms }) => ms)),
  cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
});
