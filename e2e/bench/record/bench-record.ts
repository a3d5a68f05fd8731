// What durable recording costs: throughput beside proxies that record nothing (or less), the wait of one client, memory, growth, recovery.
// Each row prints its goal. `--rounds N` (3), `--seconds N` (1), `--exchanges N` (30,000), `--gib N` (1), `--quick`, `--only NAME`;
// `--minutes N` watches memory under load for so long, and measures nothing else.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIssuer } from '../../../fixtures/issuer.ts';
import { nginx, startTargets, type Target } from '../gateway/targets.ts';
import { numberAfter } from '../rounds.ts';
import { measureGrowth } from './measure-growth.ts';
import { measureMemory, watchMemory } from './measure-memory.ts';
import { measureRecovery } from './measure-recovery.ts';
import { measureThroughput } from './measure-throughput.ts';
import { measureWait } from './measure-wait.ts';

export type Bench = {
  readonly folder: string;
  readonly targets: readonly Target[];
  readonly token: string;
  readonly args: readonly string[];
};

const parts: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  throughput: measureThroughput,
  wait: measureWait,
  memory: measureMemory,
  growth: measureGrowth,
  recovery: measureRecovery,
};

async function run(args: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'steno-bench-'));
  const issuer = await startIssuer();
  const targets: Target[] = [];
  const others = { passThrough: true, nginx: existsSync(nginx), mitmdump: existsSync('/usr/bin/mitmdump') };
  try {
    for await (const target of startTargets(folder, issuer, others)) targets.push(target);
    const token = await issuer.mint({ subject: 'bench', audience: 'https://gateway.example.com' });
    const bench = { folder, targets, token, args };
    const only = args[args.indexOf('--only') + 1];
    if (args.includes('--minutes')) await watchMemory(bench, numberAfter(args, '--minutes')!);
    else for (const [name, measure] of Object.entries(parts)) if (!args.includes('--only') || only === name) await measure(bench);
  } finally {
    for (const target of targets) target.stop();
    await issuer.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export const targetOf = ({ targets }: Pick<Bench, 'targets'>, name: string): Target | undefined =>
  targets.find((each) => each.name === name);

export const addressOf = (target: Target, table: string): string =>
  `${target.url}/bigquery/v2/projects/bench/datasets/d/tables/${table}/data`;

if (import.meta.main) await run(process.argv.slice(2));
