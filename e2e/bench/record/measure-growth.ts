import { openRecorder } from '../../../gateway/record/open-recorder.ts';
import type { Recorder } from '../../../gateway/record/recorder.ts';
import { aDirectory, aSession, recordExchange } from '../../../gateway/record/testing/an-exchange.ts';
import { collectGarbage } from '../../../shared/base/collect-garbage.ts';
import { median } from '../median.ts';
import { printTable } from '../print-table.ts';
import { numberAfter, rotate } from '../rounds.ts';
import type { Bench } from './bench-record.ts';

const goal = 1.1;
const windowSize = 1_000;
const rounds = 16;
const agents = 16;
const body = Buffer.alloc(1_024, 'x');

/** Of a thousand exchanges, in ms: until the last was durable, and of this thread's processor. */
type Cost = { readonly time: number; readonly processor: number };

/**
 * A thousand exchanges at the end of one long session beside the first thousand of a fresh one, in a journal of its own: medians of windows in turn, for
 * what else the disk and the machine do meanwhile changes more than any growth. And what stays in memory of each exchange of the long one.
 */
export async function measureGrowth({ args }: Bench): Promise<void> {
  const total = Math.max(numberAfter(args, '--exchanges') ?? 30_000, 2 * rounds * windowSize);
  const [long, fresh] = [await aRecorder(), await aRecorder()];
  for (const { recorder } of [long, fresh]) await record(recorder, aSession(recorder, 'warm up'), windowSize * 3);
  const session = aSession(long.recorder, 'long');
  const heapBefore = heapBytes();
  await record(long.recorder, session, total - rounds * windowSize);
  const kept = (heapBytes() - heapBefore) / (total - rounds * windowSize);
  const [first, last]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const windows = [
      async () => first.push(await record(fresh.recorder, aSession(fresh.recorder, `fresh ${round}`), windowSize)),
      async () => last.push(await record(long.recorder, session, windowSize)),
    ];
    // Whoever comes second finds what the first left to collect and to write back.
    for (const window of rotate(windows, round)) await window();
  }
  for (const { recorder, remove } of [long, fresh]) {
    await recorder.close();
    remove();
  }
  const label = `${(total - rounds * windowSize + 1).toLocaleString('en')}-${total.toLocaleString('en')} ÷ 1-${windowSize.toLocaleString('en')}`;
  printTable(
    'Growth of one session: a thousand exchanges',
    ['exchanges', 'time', 'ratio', 'processor', 'ratio', 'kept in memory of each'],
    [[label, ...toCells(first, last, 'time'), ...toCells(first, last, 'processor'), `${kept.toFixed(1)} bytes`]],
  );
}

async function aRecorder(): Promise<{ readonly recorder: Recorder; readonly remove: () => void }> {
  const { directory, remove } = aDirectory();
  return { recorder: await openRecorder({ directory }), remove };
}

async function record(recorder: Recorder, session: string, count: number): Promise<Cost> {
  const [begun, from] = [performance.now(), process.threadCpuUsage()];
  let left = count;
  const agent = async (): Promise<void> => {
    while (left-- > 0) await recordExchange(recorder, session, body);
  };
  await Promise.all(Array.from({ length: agents }, agent));
  const { user, system } = process.threadCpuUsage(from);
  return { time: performance.now() - begun, processor: (user + system) / 1_000 };
}

function heapBytes(): number {
  collectGarbage({ type: 'major' });
  return process.memoryUsage().heapUsed;
}

function toCells(first: readonly Cost[], last: readonly Cost[], kind: keyof Cost): [string, string] {
  const [early, late] = [median(first.map((cost) => cost[kind])), median(last.map((cost) => cost[kind]))];
  return [`${early.toFixed(0)} → ${late.toFixed(0)} ms`, `${(late / early).toFixed(2)} (≤ ${goal})`];
}
