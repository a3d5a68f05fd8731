import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listSessions } from '../record/list-sessions.ts';
import { openRecorder } from '../record/open-recorder.ts';
import { proveConsistency } from '../record/prove-consistency.ts';
import { aDirectory, readBack } from '../record/testing/an-exchange.ts';
import { openArchive } from './archive.ts';
import { archiveIndexFile } from './archive-index.ts';
import { rebuildIndex } from './rebuild-index.ts';
import { manifestName } from './recording-manifest.ts';
import { sealAll, sealWith } from './testing/an-archive.ts';
import { recordSession } from './testing/record-session.ts';

test('a lost archive.db is said to be missing, and made again from the log and the store', async () => {
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory, segmentBytes: 50_000 });
  const sessions = [];
  for (const name of ['one', 'two', 'three']) sessions.push(await recordSession(recorder, name, 8));
  await recorder.turnSegment();
  await sealAll(directory, recorder);
  await recordSession(recorder, 'in the journal', 2);
  const before = listSessions(directory);
  const proof = proveConsistency(directory, 5);

  for (const suffix of ['', '-wal', '-shm']) rmSync(`${archiveIndexFile(directory)}${suffix}`, { force: true });
  expect(() => listSessions(directory)).toThrow('start the gateway');
  const archive = await openArchive(directory);
  expect(await rebuildIndex(archive)).toBe(3);
  expect(await rebuildIndex(archive)).toBeUndefined();
  expect(listSessions(directory)).toEqual(before);
  expect(proveConsistency(directory, 5)).toEqual(proof);
  expect((await readBack(directory, sessions[1]!)).size).toBe(8);
  expect(await sealWith(archive, recorder)).toMatchObject({ sealed: 1 });
  await archive.close();
  await recorder.close();
  remove();
});

test('a recording that the log names and the store no longer has was deleted: it is neither listed nor sealed again', async () => {
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory });
  await recordSession(recorder, 'one', 2);
  await recordSession(recorder, 'two', 2);
  await sealAll(directory, recorder);
  const archive = await openArchive(directory);
  const { manifest } = archive.index.byName('one')!;
  await archive.store.delete(manifestName(manifest, 1));
  await archive.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${archiveIndexFile(directory)}${suffix}`, { force: true });
  const again = await openArchive(directory);
  await rebuildIndex(again);
  expect(listSessions(directory).map(({ name }) => name)).toEqual(['two']);
  expect(await sealWith(again, recorder)).toMatchObject({ sealed: 0 });
  await again.close();
  await recorder.close();
  remove();
});
