import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { applyLoad } from '../gateway/load.ts';
import { median } from '../median.ts';
import { printTable } from '../print-table.ts';
import { numberAfter } from '../rounds.ts';
import { addressOf, type Bench, targetOf } from './bench-record.ts';

const goal = 3;

/** What one client alone waits longer for being recorded, as multiples of one fdatasync of the same disk in the same rounds. */
export async function measureWait(bench: Bench): Promise<void> {
  const [steno, proxy] = [targetOf(bench, 'steno')!, targetOf(bench, 'pass-through')!];
  const waits: number[] = [];
  const syncs: number[] = [];
  const load = async (url: string, connections = 1): Promise<number> =>
    (await applyLoad({ url, token: bench.token, connections, seconds: 1 })).p50Ms;
  // One client alone sends too little to warm a process up, and a gateway is seldom cold.
  for (const target of [proxy, steno]) for (let second = 0; second < 2; second += 1) await load(addressOf(target, 't1k'), 16);
  for (let round = 0; round <= (numberAfter(bench.args, '--rounds') ?? 3); round += 1) {
    const plain = await load(addressOf(proxy, 't1k'));
    const recorded = await load(addressOf(steno, 't1k'));
    if (round === 0) continue;
    waits.push(recorded - plain);
    syncs.push(medianSyncMs(bench.folder));
  }
  const ratio = median(waits) / median(syncs);
  const row = [`${median(waits).toFixed(2)} ms`, `${median(syncs).toFixed(2)} ms`, `${ratio.toFixed(2)} (≤ ${goal})`];
  printTable('What a single client waits for the record', ['added p50', 'fdatasync', 'ratio'], [row]);
}

/** Of an append of 2 KB, as an exchange's leaf is. */
function medianSyncMs(folder: string): number {
  const fd = openSync(join(folder, 'sync'), 'a');
  const block = Buffer.alloc(2_048, 'x');
  const all = Array.from({ length: 100 }, () => {
    writeSync(fd, block);
    const begun = performance.now();
    fdatasyncSync(fd);
    return performance.now() - begun;
  });
  closeSync(fd);
  return median(all);
}
