// direct, bare proxy, this gateway and mitmdump, each in its own process, measured in turns within one run.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Issuer, startIssuer } from '../../../fixtures/issuer.ts';
import { median } from '../median.ts';
import { numberAfter, rotate } from '../rounds.ts';
import { applyLoad, generator, type Measured } from './load.ts';
import { startTargets, type Target } from './targets.ts';

const sizes = [
  { table: 't1k', label: '1 KB' },
  { table: 't50k', label: '50 KB' },
  { table: 't2m', label: '2 MB' },
] as const;
const connectionCounts = [1, 16, 64];

type Cell = { readonly label: string; readonly table: string; readonly connections: number };
type Row = { readonly cell: Cell; readonly medians: ReadonlyMap<string, number>; readonly p50: ReadonlyMap<string, number> };

/** `--rounds N` (3) and `--seconds N` (1) a cell, target and round; `--quick` measures 16 connections only. */
async function run(args: readonly string[]): Promise<void> {
  const rounds = numberAfter(args, '--rounds') ?? 3;
  const seconds = numberAfter(args, '--seconds') ?? 1;
  const counts = args.includes('--quick') ? [16] : connectionCounts;
  const folder = await mkdtemp(join(tmpdir(), 'steno-bench-'));
  const issuer = await startIssuer();
  const targets: Target[] = [];
  try {
    for await (const target of startTargets(folder, issuer, { mitmdump: existsSync('/usr/bin/mitmdump') })) targets.push(target);
    const cells = sizes.flatMap(({ table, label }) => counts.map((connections) => ({ table, label, connections })));
    console.log(`${generator}, ${rounds} rounds of ${seconds} s, medians; ${targets.map((each) => each.name).join(', ')}\n`);
    const rows: Row[] = [];
    for (const cell of cells) {
      rows.push(await measure(cell, targets, issuer, rounds, seconds));
      printRow(rows.at(-1) as Row, rows.length === 1);
    }
    printRatios(rows);
  } finally {
    for (const target of targets) target.stop();
    await issuer.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(cell: Cell, targets: readonly Target[], issuer: Issuer, rounds: number, seconds: number): Promise<Row> {
  const token = await issuer.mint({ subject: 'bench', audience: 'https://gateway.example.com' });
  const seen = new Map<string, Measured[]>(targets.map((each) => [each.name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const target of rotate(targets, round)) {
      const url = `${target.url}/bigquery/v2/projects/bench/datasets/d/tables/${cell.table}/data`;
      const measured = await applyLoad({ url, token, connections: cell.connections, seconds });
      if (measured.failures > 0)
        throw new Error(`${target.name} failed ${measured.failures} times at ${cell.label}, ${cell.connections} connections`);
      if (round > 0) seen.get(target.name)?.push(measured); // round 0 warms up
    }
  }
  const medians = new Map([...seen].map(([name, all]) => [name, median(all.map((each) => each.perSecond))]));
  return { cell, medians, p50: new Map([...seen].map(([name, all]) => [name, median(all.map((each) => each.p50Ms))])) };
}

function printRow({ cell, medians, p50 }: Row, withHead: boolean): void {
  const names = [...medians.keys()];
  if (withHead)
    console.log(`${'answer'.padEnd(8)}${'conns'.padStart(6)}${names.map((each) => `${each} req/s (p50 ms)`.padStart(32)).join('')}`);
  const cells = names.map((each) => `${medians.get(each)?.toFixed(0)} (${p50.get(each)?.toFixed(2)})`.padStart(32));
  console.log(`${cell.label.padEnd(8)}${String(cell.connections).padStart(6)}${cells.join('')}`);
}

function printRatios(rows: readonly Row[]): void {
  const others = [...(rows[0]?.medians.keys() ?? [])].filter((each) => each !== 'steno');
  console.log(`\nsteno (verified, judged, recorded before the last byte) ÷ …`);
  console.log(`${'answer'.padEnd(8)}${'conns'.padStart(6)}${others.map((each) => each.padStart(14)).join('')}`);
  for (const { cell, medians } of rows) {
    const ratios = others.map((each) => ((medians.get('steno') ?? 0) / (medians.get(each) ?? 1)).toFixed(2).padStart(14));
    console.log(`${cell.label.padEnd(8)}${String(cell.connections).padStart(6)}${ratios.join('')}`);
  }
}

if (import.meta.main) await run(process.argv.slice(2));
