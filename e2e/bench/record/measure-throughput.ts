import { applyLoad } from '../gateway/load.ts';
import { median } from '../median.ts';
import { printTable } from '../print-table.ts';
import { numberAfter, rotate } from '../rounds.ts';
import { addressOf, type Bench } from './bench-record.ts';

const sizes = [
  { table: 't1k', label: '1 KB', bytes: 1_024 },
  { table: 't50k', label: '50 KB', bytes: 51_200 },
  { table: 't2m', label: '2 MB', bytes: 2_097_152 },
  { table: 't20m', label: '20 MB', bytes: 20_971_520 },
] as const;
const connectionCounts = [1, 16, 64, 1_000];
/** More than this on its way at once measures the machine's memory. */
const mostUnderWay = 512 * 2 ** 20;

/** Bytes on their way at once. */
const longAbove = 128 * 2 ** 20;

type Size = (typeof sizes)[number];

/** Strict ÷ full (64 connections: 0.9) times full ÷ bare proxy. */
const goalBesideProxy = ({ table }: Size, connections: number): number =>
  table === 't2m' ? 0.75 : table === 't20m' ? 0.85 : connections >= 64 ? 0.9 : 0.7;
const goalsBesideMitmdump = { t1k: 8, t50k: 8, t2m: 2, t20m: 8 } as const;

export async function measureThroughput(bench: Bench): Promise<void> {
  const isQuick = bench.args.includes('--quick');
  const names = bench.targets.map(({ name }) => name).filter((name) => name !== 'direct' && name !== 'steno');
  const rows: string[][] = [];
  await warmUp(bench);
  for (const size of sizes)
    for (const connections of isQuick ? [16] : connectionCounts) {
      if (size.bytes * connections > mostUnderWay) continue;
      const medians = await measureCell(bench, size, connections);
      const steno = medians.get('steno') ?? Number.NaN;
      const ratios = names.map((name) => toCell(steno / (medians.get(name) ?? Number.NaN), goalOf(name, size, connections)));
      rows.push([size.label, String(connections), steno.toFixed(0), ...ratios]);
    }
  printTable('Verified, judged, durably recorded ÷ others (goal)', ['answer', 'conns', 'req/s', ...names], rows);
}

/** Gateways run for months: what each is worth before its code is compiled is another question. */
async function warmUp({ targets, token }: Bench): Promise<void> {
  for (const target of targets) await applyLoad({ url: addressOf(target, 't1k'), token, connections: 64, seconds: 5 });
}

const toCell = (ratio: number, goal: number | undefined): string => `${ratio.toFixed(2)}${goal === undefined ? '' : ` (≥ ${goal})`}`;

function goalOf(name: string, size: Size, connections: number): number | undefined {
  if (name === 'http-proxy' && connections > 1) return goalBesideProxy(size, connections);
  if (name === 'mitmdump -w' && connections === 16) return goalsBesideMitmdump[size.table];
  return name === 'nginx' && size.table === 't50k' && connections === 16 ? 0.3 : undefined;
}

/** Requests a second: medians of interleaved rounds; the first warms up. */
async function measureCell(
  { targets, token, args }: Bench,
  { table, bytes }: Size,
  connections: number,
): Promise<ReadonlyMap<string, number>> {
  const rounds = numberAfter(args, '--rounds') ?? 3;
  // All of the large ones that are on their way must have time to end.
  const seconds = numberAfter(args, '--seconds') ?? (bytes * connections > longAbove ? 5 : 1);
  const seen = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round += 1)
    for (const target of rotate(
      targets.filter(({ name }) => name !== 'direct'),
      round,
    )) {
      const { perSecond, failures } = await applyLoad({ url: addressOf(target, table), token, connections, seconds });
      if (failures > 0) console.error(`${target.name}: ${failures} failures at ${table}, ${connections} connections`);
      if (round > 0) seen.set(target.name, [...(seen.get(target.name) ?? []), perSecond]);
    }
  return new Map([...seen].map(([name, all]) => [name, median(all)]));
}
