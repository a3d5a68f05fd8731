import { openRecorder } from '../../../gateway/record/open-recorder.ts';
import { aDirectory, aSession, recordExchange } from '../../../gateway/record/testing/an-exchange.ts';
import { printTable } from '../print-table.ts';
import { numberAfter } from '../rounds.ts';
import type { Bench } from './bench-record.ts';

const goal = 1.1;
const windowSize = 1_000;
const agents = 16;

/** Time of the last thousand exchanges of one session beside its first thousand; the very first, while the code warms up, go to another. */
export async function measureGrowth({ args }: Bench): Promise<void> {
  const total = numberAfter(args, '--exchanges') ?? 30_000;
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory });
  const body = Buffer.alloc(1_024, 'x');
  const record = async (session: string, count: number): Promise<number> => {
    const begun = performance.now();
    let left = count;
    const agent = async (): Promise<void> => {
      while (left-- > 0) await recordExchange(recorder, session, body);
    };
    await Promise.all(Array.from({ length: agents }, agent));
    return performance.now() - begun;
  };
  await record(aSession(recorder, 'warm up'), windowSize * 3);
  const session = aSession(recorder, 'long');
  const first = await record(session, windowSize);
  await record(session, total - 2 * windowSize);
  const last = await record(session, windowSize);
  await recorder.close();
  remove();
  const label = `${(total - windowSize + 1).toLocaleString('en')}-${total.toLocaleString('en')} ÷ 1-${windowSize.toLocaleString('en')}`;
  printTable(
    'Growth of one session',
    ['exchanges', 'first', 'last', 'ratio'],
    [[label, `${first.toFixed(0)} ms`, `${last.toFixed(0)} ms`, `${(last / first).toFixed(2)} (≤ ${goal})`]],
  );
}
