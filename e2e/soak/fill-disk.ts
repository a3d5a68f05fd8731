import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkJournal } from '../../gateway/record/fsck.ts';
import { type GatewayProcess, isListening, spawnGateway } from '../../gateway/testing/gateway-process.ts';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { type Comparison, compareLedgers } from './ledgers/compare-ledgers.ts';
import { type Crowd, startCrowd } from './ledgers/crowd.ts';
import { type JobDouble, startJobDouble } from './ledgers/job-double.ts';
import { readRecords } from './ledgers/read-records.ts';
import { prepareGateway, type SoakGateway } from './ledgers/soak-gateway.ts';

export type FillOutcome = Comparison & {
  readonly fills: number;
  /** 503 answers, each with Retry-After. */
  readonly refused: number;
  readonly slowestReturnMs: number;
};

const MEBIBYTE = 1_048_576;
const CLIENTS = 24;

/** A disk of so many MiB of its own; undefined where nobody may mount one. */
export function mountDisk(mebibytes: number): { readonly path: string; readonly unmount: () => void } | undefined {
  const path = mkdtempSync(join(tmpdir(), 'steno-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path], { stdio: 'ignore' });
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  if (status !== 0) {
    remove();
    return undefined;
  }
  return {
    path,
    unmount: () => {
      execFileSync('umount', [path]);
      remove();
    },
  };
}

/** One gateway on a disk of 64 MiB that others fill `fills` times at random points under traffic, and empty again; it is never restarted. */
export async function fillDisk(seed: number, fills: number): Promise<FillOutcome> {
  const disk = mountDisk(64);
  if (disk === undefined) throw new Error('Only root can mount the disk that this needs');
  const double = await startJobDouble(seed);
  const dataDirectory = join(disk.path, 'data');
  mkdirSync(dataDirectory);
  const gateway = await prepareGateway({ upstream: double.url, dataDirectory });
  const process = spawnGateway(gateway.configPath, { env: { STENO_LOG_LEVEL: 'fatal' } });
  const crowd = startCrowd({ port: gateway.port, tokens: gateway.tokens, clients: CLIENTS, seed, pauseMs: 40 });
  try {
    if (!(await isListening(process, gateway.port))) throw new Error(process.output());
    const filled = await fillAndEmpty({ gateway, crowd, double, process, ballast: join(disk.path, 'ballast') }, createRandom(seed), fills);
    await crowd.end();
    await process.stop();
    const records = await readRecords(dataDirectory, tmpdir());
    const comparison = compareLedgers({ clients: crowd.entries, upstream: double.entries, exchanges: records.exchanges });
    const faults = [...filled.faults, ...records.faults, ...checkJournal(dataDirectory).findings, ...comparison.faults];
    return { ...comparison, ...filled, refused: countRefused(crowd, faults), faults };
  } finally {
    await crowd.end();
    await process.kill();
    await double.close();
    await gateway.close();
    disk.unmount();
  }
}

type Scene = {
  readonly gateway: SoakGateway;
  readonly crowd: Crowd;
  readonly double: JobDouble;
  readonly process: GatewayProcess;
  readonly ballast: string;
};

async function fillAndEmpty(scene: Scene, random: () => number, wanted: number) {
  const faults: string[] = [];
  let fills = 0;
  let slowestReturnMs = 0;
  scene.crowd.go();
  for (; fills < wanted && faults.length === 0; fills += 1) {
    await pause(random() * 300);
    fill(scene.ballast);
    await isReady(scene, false, faults, `fill ${fills}: it went on as if there were room`);
    await pause(random() * 500);
    unlinkSync(scene.ballast);
    const begun = performance.now();
    await isReady(scene, true, faults, `fill ${fills}: it did not go on when room returned: ${scene.process.output()}`);
    slowestReturnMs = Math.max(slowestReturnMs, performance.now() - begun);
  }
  return { fills, slowestReturnMs, faults };
}

/** Until nothing more can be written, and once again: what the gateway gave back of its reserve is taken as well, now and then. */
function fill(path: string): void {
  const fd = openSync(path, 'a');
  const block = Buffer.alloc(MEBIBYTE / 4);
  try {
    for (;;) writeSync(fd, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(fd);
  }
}

async function isReady({ gateway }: Scene, wanted: boolean, faults: string[], fault: string): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await pause(20)) {
    const answer = await fetch(`http://127.0.0.1:${gateway.adminPort}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer !== undefined && (answer.status === 200) === wanted) return;
  }
  faults.push(fault);
}

function countRefused(crowd: Crowd, faults: string[]): number {
  const refused = [...crowd.entries.values()].filter(({ complete }) => complete?.status === 503);
  for (const { key, complete } of refused)
    if (complete!.retryAfter === undefined) faults.push(`${key} was answered 503 without Retry-After`);
  return refused.length;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
