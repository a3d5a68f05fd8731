import { queryObjects } from 'node:v8';
import { expect, test } from 'vitest';
import { collectGarbage } from '../../shared/base/collect-garbage.ts';
import { BodyRecorder } from './body-recorder.ts';
import { RecordedExchange } from './exchange-record.ts';
import { openRecorder } from './open-recorder.ts';
import { aDirectory, anEnd, anIntent, aSession, recordExchange } from './testing/an-exchange.ts';

const AGENTS = 16;
const EXCHANGES = 8_000;
/** A hash as text takes 88, an entry of a map 40 and more. */
const LEAST_KEPT_BYTES = 30;

test('of exchanges that ended nothing stays in memory while their session is open', async () => {
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  const body = Buffer.alloc(1_024, 'x');
  const record = async (count: number): Promise<void> => {
    let left = count;
    const agent = async (): Promise<void> => {
      while (left-- > 0) await recordExchange(recorder, session, body);
    };
    await Promise.all(Array.from({ length: AGENTS }, agent));
  };
  await record(EXCHANGES);
  const before = heapBytes();
  await record(EXCHANGES);
  const kept = heapBytes() - before;
  expect([countOf(RecordedExchange), countOf(BodyRecorder)]).toEqual([0, 0]);
  expect(kept / EXCHANGES).toBeLessThan(LEAST_KEPT_BYTES);
  const underWay = recorder.open(anIntent(session));
  underWay.requestBody(body);
  expect([countOf(RecordedExchange), countOf(BodyRecorder)]).toEqual([1, 1]);
  await underWay.end(anEnd(0));
  await recorder.close();
  remove();
}, 120_000);

const countOf = (type: typeof RecordedExchange | typeof BodyRecorder): number => queryObjects(type, { format: 'count' });

function heapBytes(): number {
  collectGarbage({ type: 'major' });
  return process.memoryUsage().heapUsed;
}
