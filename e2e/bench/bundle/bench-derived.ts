// What tables that come with a bundle save: loading them ÷ DuckDB's own copy of the same files, and ÷ rebuilding them from the records; verification
// beside it. `--sizes 1000,10000` exchanges.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { loadBundle } from '../../../desktop/engine/load/load-bundle.ts';
import { loadDerived } from '../../../desktop/engine/load/load-derived.ts';
import type { Bundle } from '../../../shared/bundle/bundle.ts';
import { openBundle } from '../../../shared/bundle/open-bundle.ts';
import { anAnswer } from '../../../shared/bundle/testing/evidence-story.ts';
import { BundlePlanner, planEnding, planExporterKey, planWriterKey, writePlan } from '../../../shared/bundle/testing/plan-bundle.ts';
import { verifyOpenBundle } from '../../../shared/bundle/verify-bundle.ts';
import { addDerived } from '../../../shared/derived/add-derived.ts';
import { derivedPath, exchangeTables } from '../../../shared/derived/fill-tables.ts';
import { createTables } from '../../../shared/derived/tables.sql.ts';
import { printTable } from '../print-table.ts';

const at = process.argv.indexOf('--sizes');
const sizes = (at < 0 ? '1000,10000' : process.argv[at + 1]!).split(',').map(Number);
const folder = mkdtempSync(path.join(tmpdir(), 'steno-bench-derived-'));

async function makeBundle(exchanges: number): Promise<string> {
  const planner = new BundlePlanner(`bench ${exchanges}`);
  for (let number = 0; number < exchanges; number += 1) {
    const sql = `SELECT name, email, amount FROM sales.people_${number % 50} WHERE id = ${number} AND day > '2026-01-01'`;
    const answer = anAnswer([[`name ${number}`, `person${number % 97}@acme.example`, String(number / 4)]]);
    planner.exchange({ sql, bodies: [{ side: 'response', stored: 'verbatim', bytes: answer }] });
  }
  const plan = planner.close();
  const [draft, whole] = [path.join(folder, `${exchanges}.draft`), path.join(folder, `${exchanges}.wacz`)];
  await writePlan(plan, draft);
  await addDerived(draft, whole, planEnding(plan, plan.leaves));
  return whole;
}

/** Milliseconds of CPU: what else the machine does is not in it. */
async function timed(run: () => Promise<unknown>): Promise<number> {
  const from = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

async function withTables(run: (connection: DuckDBConnection) => Promise<number>): Promise<number> {
  const file = path.join(folder, `tables-${Math.random()}.duckdb`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`ATTACH '${file}' AS own; USE own; ${createTables}`);
  const ms = await run(connection);
  connection.closeSync();
  instance.closeSync();
  rmSync(file, { force: true });
  return ms;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function measure(exchanges: number) {
  const bundle = await openBundle(await makeBundle(exchanges));
  await copyOut(bundle);
  const copy: number[] = [];
  const derived: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    copy.push(await withTables((connection) => timed(() => copyTables(connection))));
    derived.push(
      await withTables((connection) =>
        timed(async () => {
          await connection.run('BEGIN');
          if (!(await loadDerived(bundle, connection, 'own', folder))) throw new Error('The derived tables were not taken');
          await connection.run('COMMIT');
        }),
      ),
    );
  }
  const options = { catalog: 'own', checks: [], folder, signal: new AbortController().signal, onProgress: () => undefined } as const;
  const rebuilt = await withTables((connection) => timed(() => loadBundle(bundle, { connection, ...options })));
  const pinnedKeys = [planWriterKey.text, planExporterKey.text];
  const verified = await timed(() => verifyOpenBundle(bundle, { pinnedKeys }));
  await bundle.close();
  return { exchanges, copy: median(copy), derived: median(derived), rebuilt, verified };
}

async function copyOut(bundle: Bundle): Promise<void> {
  for (const table of exchangeTables) writeFileSync(path.join(folder, `${table}.parquet`), (await bundle.file(derivedPath(table)))!);
}

/** DuckDB's own copy of the same files, nothing else. */
async function copyTables(connection: DuckDBConnection): Promise<void> {
  for (const table of exchangeTables)
    await connection.run(`CREATE TABLE copy_of_${table} AS FROM read_parquet('${path.join(folder, `${table}.parquet`)}')`);
}

try {
  const all: Awaited<ReturnType<typeof measure>>[] = [];
  for (const size of sizes) all.push(await measure(size));
  printTable(
    'Tables that come with a bundle',
    ['exchanges', 'load ÷ CTAS of read_parquet (≤ 1.5)', 'load, CPU ms', 'rebuild ÷ load', 'verify, CPU ms'],
    all.map((one) => [
      String(one.exchanges),
      (one.derived / one.copy).toFixed(2),
      one.derived.toFixed(0),
      (one.rebuilt / one.derived).toFixed(1),
      one.verified.toFixed(0),
    ]),
  );
  const [small, big] = all.slice(-2);
  if (small !== undefined && big !== undefined) {
    const rows = (['derived', 'rebuilt', 'verified'] as const).map((name) => [name, (big[name] / small[name]).toFixed(1), '≤ 11']);
    printTable(`CPU time(${big.exchanges}) ÷ CPU time(${small.exchanges})`, ['step', 'measured', 'goal'], rows);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
