import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { applyLoad } from '../gateway/load.ts';
import { median } from '../median.ts';
import { printTable } from '../print-table.ts';
import { addressOf, type Bench, targetOf } from './bench-record.ts';

const goal = 1.2;
const flatGoal = 1.1;
const slowBytesPerSecond = 8_000_000;
const contestants = ['steno', 'http-proxy', 'pass-through'] as const;
const MIB = 2 ** 20;

/** Peak memory while one great answer passes: as fast as it can, and to a client who takes 8 MB a second. Linux only. */
export async function measureMemory(bench: Bench): Promise<void> {
  const rows: string[][] = [];
  const cases: [string, number, number | undefined][] = [
    ['1 GB', 1_024, undefined],
    ['256 MB at 8 MB/s', 256, slowBytesPerSecond],
  ];
  for (const [label, mebibytes, rate] of cases) {
    const peaks = new Map<string, number>();
    for (const name of contestants) peaks.set(name, await peakOf(bench, name, mebibytes, rate));
    const cells = contestants.map((name) => `${peaks.get(name)!.toFixed(0)} MB`);
    rows.push([label, ...cells, `${(peaks.get('steno')! / peaks.get('http-proxy')!).toFixed(2)} (≤ ${goal})`]);
  }
  printTable('Peak memory (RSS) while an answer passes', ['answer', ...contestants, 'steno ÷ http-proxy'], rows);
}

async function peakOf(bench: Bench, name: string, mebibytes: number, rate: number | undefined): Promise<number> {
  const target = targetOf(bench, name)!;
  writeFileSync(`/proc/${target.pid}/clear_refs`, '5');
  await drink(addressOf(target, `pour${mebibytes}`), bench.token, mebibytes * MIB, rate);
  return memoryOf(target.pid, 'VmHWM');
}

/** In MB, as Linux counts. */
export const memoryOf = (pid: number, field: 'VmHWM' | 'VmRSS'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

function drink(url: string, token: string, expected: number, rate: number | undefined): Promise<void> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization: `Bearer ${token}` }, agent: false }, (response) => {
      let length = 0;
      response.on('data', (piece: Buffer) => {
        length += piece.length;
        const aheadMs = rate === undefined ? 0 : (length / rate) * 1_000 - (performance.now() - begun);
        if (aheadMs < 5) return;
        response.pause();
        setTimeout(() => response.resume(), aheadMs);
      });
      response.on('close', () => (length === expected ? resolve() : reject(new Error(`${url} gave ${length} bytes of ${expected}`))));
    }).once('error', reject);
  });
}

/** Memory under steady load for so many minutes: the last fifth beside the second. */
export async function watchMemory(bench: Bench, minutes: number): Promise<void> {
  const { pid, url } = targetOf(bench, 'steno')!;
  const samples: number[] = [];
  const tables = ['t1k', 't50k', 't2m', 't1k'];
  const begun = Date.now();
  let exchanges = 0;
  for (let turn = 0; Date.now() - begun < minutes * 60_000; turn += 1) {
    const table = tables[turn % tables.length]!;
    const load = {
      url: addressOf({ name: 'steno', url, pid, stop: () => undefined }, table),
      token: bench.token,
      connections: 16,
      seconds: 2,
    };
    const { perSecond, failures } = await applyLoad(load);
    if (failures > 0) throw new Error(`${failures} failures after ${exchanges} exchanges`);
    exchanges += perSecond * load.seconds;
    samples.push(memoryOf(pid, 'VmRSS'));
  }
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const [early, late] = [median(samples.slice(fifth, fifth * 2)), median(samples.slice(-fifth))];
  const row = [
    `${minutes} min`,
    exchanges.toFixed(0),
    `${early.toFixed(0)} MB`,
    `${late.toFixed(0)} MB`,
    `${Math.max(...samples).toFixed(0)} MB`,
  ];
  printTable(
    'Memory (RSS) under steady load',
    ['time', 'exchanges', 'second fifth', 'last fifth', 'peak', 'ratio'],
    [[...row, `${(late / early).toFixed(2)} (≤ ${flatGoal})`]],
  );
}
