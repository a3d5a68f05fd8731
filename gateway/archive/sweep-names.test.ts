import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { aDirectory } from '../record/testing/an-exchange.ts';
import { StoreUnavailable } from '../store/recording-store.ts';
import { type Archive, openArchive } from './archive.ts';
import { sweepNames, sweepUnlocked } from './sweep-names.ts';

const HOUR_MS = 3_600_000;
let archive: Archive;
let draft: string;
let remove: () => void;

beforeEach(async () => {
  const { directory, remove: forget } = aDirectory();
  archive = await openArchive(directory);
  draft = path.join(directory, 'draft');
  writeFileSync(draft, 'superseded');
  remove = forget;
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await archive.close();
  remove();
});

const passes = (ms: number): void => void vi.setSystemTime(Date.now() + ms);
const isThere = async (name: string): Promise<boolean> => (await archive.store.head(name)) !== undefined;

async function putLocked(name: string, lock: { retainUntil?: Date; legalHold?: boolean }): Promise<string> {
  archive.index.announce([name]);
  await archive.store.put(name, draft, lock);
  return name;
}

test('what is locked goes when its lock ends, and not before', async () => {
  const name = await putLocked('objects/a', { retainUntil: new Date(Date.now() + 24 * HOUR_MS) });
  expect(await sweepNames(archive, [name])).toEqual([name]);
  passes(23 * HOUR_MS);
  expect([await sweepUnlocked(archive), await isThere(name)]).toEqual([0, true]);
  passes(HOUR_MS + 1_000);
  expect([await sweepUnlocked(archive), await isThere(name)]).toEqual([1, false]);
  expect([archive.index.pending(), archive.index.due(Number.MAX_SAFE_INTEGER, 10)]).toEqual([[], []]);
});

test('what is held is tried again by the hour', async () => {
  const name = await putLocked('objects/held', { legalHold: true });
  await sweepNames(archive, [name]);
  passes(HOUR_MS);
  expect(await sweepUnlocked(archive)).toBe(0);
  await archive.store.hold(name, false);
  expect(await sweepUnlocked(archive)).toBe(0);
  passes(HOUR_MS);
  expect([await sweepUnlocked(archive), await isThere(name)]).toEqual([1, false]);
});

test('a longer lock is waited for too', async () => {
  const name = await putLocked('objects/b', { retainUntil: new Date(Date.now() + HOUR_MS) });
  await sweepNames(archive, [name]);
  await archive.store.retain(name, new Date(Date.now() + 3 * HOUR_MS));
  passes(2 * HOUR_MS);
  expect([await sweepUnlocked(archive), await isThere(name)]).toEqual([0, true]);
  passes(HOUR_MS + 1_000);
  expect(await sweepUnlocked(archive)).toBe(1);
});

test('locks that end together go a hundred a round', async () => {
  const names = await Promise.all(
    Array.from({ length: 230 }, (_, index) => putLocked(`objects/${index}`, { retainUntil: new Date(Date.now() + HOUR_MS) })),
  );
  await sweepNames(archive, names);
  passes(HOUR_MS + 1_000);
  const rounds: number[] = [];
  for (let round = 0; round < 4; round += 1) rounds.push(await sweepUnlocked(archive));
  expect(rounds).toEqual([100, 100, 30, 0]);
});

test('a store that grants no deletion is asked again in an hour, and says so once', async () => {
  const name = await putLocked('objects/c', { retainUntil: new Date(Date.now() + HOUR_MS) });
  await sweepNames(archive, [name]);
  passes(HOUR_MS + 1_000);
  const deletion = vi.spyOn(archive.store, 'delete').mockRejectedValue(new StoreUnavailable('AccessDenied', 'Grant s3:DeleteObject.'));
  await expect(sweepUnlocked(archive)).rejects.toThrow('Grant s3:DeleteObject');
  expect(await sweepUnlocked(archive)).toBe(0);
  deletion.mockRestore();
  passes(HOUR_MS);
  expect(await sweepUnlocked(archive)).toBe(1);
});

test('what a recording came to name again is not deleted', async () => {
  const name = await putLocked('objects/d', { retainUntil: new Date(Date.now() + HOUR_MS) });
  await sweepNames(archive, [name]);
  vi.spyOn(archive.index, 'isNamed').mockReturnValue(true);
  passes(HOUR_MS + 1_000);
  await sweepUnlocked(archive);
  expect([await isThere(name), archive.index.due(Number.MAX_SAFE_INTEGER, 10)]).toEqual([true, []]);
});

test('what an act put and the store cut short goes after a week', async () => {
  archive.index.announce(['objects/e']);
  await archive.store.put('objects/e', draft);
  passes(167 * HOUR_MS);
  expect([await sweepUnlocked(archive), await isThere('objects/e')]).toEqual([0, true]);
  passes(2 * HOUR_MS);
  expect([await sweepUnlocked(archive), await isThere('objects/e'), archive.index.pending()]).toEqual([1, false, []]);
});
