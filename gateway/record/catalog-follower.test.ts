import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { CatalogFollower } from './catalog-follower.ts';
import { type JournalCatalog, readCatalog } from './journal-catalog.ts';
import { listSegments } from './list-segments.ts';
import { openRecorder } from './open-recorder.ts';
import { aDirectory, aSession, recordExchange } from './testing/an-exchange.ts';
import { writtenEnd } from './testing/written-end.ts';

const { directory, remove } = aDirectory();
afterAll(remove);

const told = ({ sessions, writerLog, checkpoint, segments }: JournalCatalog): unknown => ({
  sessions: [...sessions.values()].map(({ sessionId, exchanges, lastAt, head }) => ({ sessionId, exchanges, lastAt, head })),
  writerLog: [...writerLog],
  checkpoint,
  segments: segments.map(({ file, upTo, isFinished }) => ({ file, upTo, isFinished })),
  ranges: segments.map(({ ranges }) => [1, 2, 3].map((session) => [...ranges(session)])),
});

it('tells at any moment what reading all of it would, over segments that end and megabytes that are new', async () => {
  const follower = new CatalogFollower(directory);
  const never = { signEveryMs: 3_600_000, heartbeatMs: 3_600_000, columnsEveryMs: 3_600_000 };
  const recorder = await openRecorder({ directory, segmentBytes: 6_000_000, ...never });
  expect(told(follower.read())).toEqual(told(readCatalog(directory)));
  for (const bytes of [10, 3_000_000, 2_000, 5_000_000, 10, 1_500_000]) {
    const session = aSession(recorder);
    await recordExchange(recorder, session, Buffer.alloc(bytes, 'x'));
    await recorder.closeSession(session, 'idle');
    expect(told(follower.read())).toEqual(told(readCatalog(directory)));
  }
  await recorder.close();
  expect(told(follower.read())).toEqual(told(readCatalog(directory)));
  expect(follower.read().segments.length).toBeGreaterThan(1);
  expect(follower.read().sessions.size).toBe(6);
});

it('goes no further than what is durable, whatever stands behind it, be it frames of the same journal', async () => {
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  await recordExchange(recorder, session, Buffer.alloc(2_500_000, 'y'));
  await recorder.closeSession(session, 'idle');
  const file = listSegments(directory).at(-1)!;
  const bytes = readFileSync(file);
  const before = told(readCatalog(directory));
  const stranger = openSync(file, 'r+');
  writeSync(stranger, bytes, 0, 2_000_000, writtenEnd(file));
  closeSync(stranger);
  expect(told(new CatalogFollower(directory).read())).toEqual(before);
  truncateSync(file, bytes.length);
  await recorder.close();
});
