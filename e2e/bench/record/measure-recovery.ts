import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { listSegments } from '../../../gateway/record/list-segments.ts';
import { openRecorder } from '../../../gateway/record/open-recorder.ts';
import { aDirectory } from '../../../gateway/record/testing/an-exchange.ts';
import { printTable } from '../print-table.ts';
import { numberAfter } from '../rounds.ts';
import type { Bench } from './bench-record.ts';

const goalSecondsPerGiB = 5;
const GIB = 2 ** 30;

/** A start after a crash, on one unsealed segment: small exchanges (many leaves), and great bodies. */
export async function measureRecovery({ args }: Bench): Promise<void> {
  const rows: string[][] = [];
  for (const bodyBytes of [2_000, 50_000, 1_000_000]) rows.push(await measure(numberAfter(args, '--gib') ?? 1, bodyBytes));
  const head = ['bodies of', 'segment', 'start', 'sha256 of the file', 'start ÷ sha256', 's per GiB', 'processor s per GiB'];
  printTable('Start on an unsealed journal', head, rows);
}

async function measure(gibibytes: number, bodyBytes: number): Promise<string[]> {
  const { directory, remove } = aDirectory();
  const script = join(import.meta.dirname, 'crashed-recorder.ts');
  spawnSync(process.execPath, [script, directory, String(gibibytes * GIB), String(bodyBytes)], { stdio: 'inherit' });
  const file = listSegments(directory).at(-1)!;
  const { size } = statSync(file);
  await sha256Of(file); // into the page cache, for both
  const hashed = await elapsed(() => sha256Of(file));
  const from = process.cpuUsage();
  const started = await elapsed(async () => (await openRecorder({ directory })).close());
  const { user, system } = process.cpuUsage(from);
  remove();
  const seconds = (started / 1_000 / size) * GIB;
  return [
    `${bodyBytes / 1_000} KB`,
    `${(size / GIB).toFixed(2)} GiB`,
    `${(started / 1_000).toFixed(2)} s`,
    `${(hashed / 1_000).toFixed(2)} s`,
    (started / hashed).toFixed(2),
    `${seconds.toFixed(2)} (≤ ${goalSecondsPerGiB})`,
    (((user + system) / 1_000_000 / size) * GIB).toFixed(2),
  ];
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: 1_048_576 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}
