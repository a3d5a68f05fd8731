import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listSessions } from '../record/list-sessions.ts';
import { openRecorder } from '../record/open-recorder.ts';
import { aDirectory, aSession, readBack, recordExchange } from '../record/testing/an-exchange.ts';
import { ArchiveIndex } from './archive-index.ts';
import { startSealing } from './start-sealing.ts';
import { recordSession } from './testing/record-session.ts';

test('closed sessions are sealed behind the back of a recorder at work, with what the gateway decides for each', async () => {
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory, segmentBytes: 80_000 });
  const asked: string[] = [];
  const sealing = startSealing({
    directory,
    storage: undefined,
    recorder,
    pollMs: 20,
    decideRetention: ({ subject, groups, name }) => {
      asked.push(`${name} ${subject} ${groups.join()}`);
      return { rule: 'audit', until: new Date('2031-01-01T00:00:00Z') };
    },
  });
  await sealing.swept;
  const busy = aSession(recorder, 'busy');
  for (const name of ['one', 'two']) {
    await recordSession(recorder, name, 10);
    await recordExchange(recorder, busy, Buffer.from(name));
  }
  await expect.poll(() => sealing.state().sealed, { timeout: 20_000 }).toBe(2);
  await sealing.close();
  expect(asked).toEqual(['one ci analysts', 'two ci analysts']);
  const index = new ArchiveIndex(directory);
  expect(index.byName('one')!.manifest.retention).toEqual({ rule: 'audit', until: '2031-01-01T00:00:00.000Z' });
  index.close();
  await recorder.close();
  expect(listSessions(directory).map(({ name }) => name)).toEqual(['busy', 'one', 'two']);
  remove();
}, 60_000);

test('while the store cannot be used sessions wait in the journal, and are sealed when it can', async () => {
  const { directory, remove } = aDirectory();
  const folder = path.join(directory, 'elsewhere');
  // A file where the folder of the store should be.
  writeFileSync(folder, '');
  const recorder = await openRecorder({ directory });
  const session = await recordSession(recorder, 'one', 2);
  const troubles: (string | undefined)[] = [];
  const sealing = startSealing({ directory, storage: { folder }, recorder, pollMs: 20, onTrouble: (trouble) => troubles.push(trouble) });
  await expect.poll(() => sealing.state().trouble, { timeout: 20_000 }).toBeDefined();
  expect((await readBack(directory, session)).size).toBe(2);
  rmSync(folder);
  mkdirSync(folder);
  chmodSync(folder, 0o700);
  sealing.wake();
  await expect.poll(() => sealing.state(), { timeout: 20_000 }).toMatchObject({ sealed: 1, trouble: undefined });
  await sealing.close();
  expect(troubles.length).toBeGreaterThanOrEqual(2);
  expect(troubles.at(-1)).toBeUndefined();
  expect((await readBack(directory, session, false, { folder })).size).toBe(2);
  await recorder.close();
  remove();
}, 60_000);

test('there is no thread before something is closed, and none when all is sealed', async () => {
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory });
  const sealing = startSealing({ directory, storage: undefined, recorder, pollMs: 20, restAfterMs: 60 });
  await sealing.swept;
  const busy = aSession(recorder, 'busy');
  for (let exchange = 0; exchange < 50; exchange += 1) await recordExchange(recorder, busy, Buffer.from('rows'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(sealing.isAwake).toBe(false);
  for (const sealed of [1, 2, 3]) {
    await recordSession(recorder, `session ${sealed}`, 2);
    await expect.poll(() => sealing.state().sealed, { timeout: 20_000 }).toBe(sealed);
    await expect.poll(() => sealing.isAwake, { timeout: 20_000 }).toBe(false);
  }
  await sealing.close();
  await recorder.close();
  remove();
}, 60_000);

test('what another process left is seen to at the start, and a thread that rests is woken by whoever asks', async () => {
  const { directory, remove } = aDirectory();
  const before = await openRecorder({ directory });
  await recordSession(before, 'of the process before', 2);
  await before.close();
  const recorder = await openRecorder({ directory });
  const sealing = startSealing({ directory, storage: undefined, recorder, pollMs: 60_000, restAfterMs: 0 });
  expect(sealing.isAwake).toBe(true);
  await sealing.swept;
  await expect.poll(() => sealing.state(), { timeout: 20_000 }).toMatchObject({ sealed: 1, waiting: 0 });
  await expect.poll(() => sealing.isAwake, { timeout: 20_000 }).toBe(false);
  await recordSession(recorder, 'of this one', 2);
  sealing.wake();
  await expect.poll(() => sealing.state().sealed, { timeout: 20_000 }).toBe(2);
  await sealing.close();
  await recorder.close();
  remove();
}, 60_000);
