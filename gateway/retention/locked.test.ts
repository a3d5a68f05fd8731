import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { archiveIndexFile } from '../archive/archive-index.ts';
import { rebuildIndex } from '../archive/rebuild-index.ts';
import type { RecordingManifest } from '../archive/recording-manifest.ts';
import { type ALifecycle, aLifecycle, days } from './testing/a-lifecycle.ts';
import { type AStorage, aStorage, stores } from './testing/a-storage.ts';

// A redaction under a retention date leaves the old revision in the store, unreadable. It goes when its lock does, and nobody has to restart anything.
const officer = { by: 'jo@acme.test', reason: 'case 12' };

describe.each(stores)('in %s', (kind) => {
  let storage: AStorage;
  let one: ALifecycle;
  let superseded: readonly string[];

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    storage = await aStorage(kind);
    one = await aLifecycle({ default: '400d' }, { storage: storage.storage });
    const session = await one.record({ name: 'nightly', sql: 'SELECT tea FROM party' });
    const before = await sealed(session);
    const { locked } = await one.lifecycle.redact(session, [{ kind: 'field', field: 'sql' }], officer);
    const after = new Set((await sealed(session)).files.map(({ object }) => object));
    superseded = before.files.map(({ object }) => object).filter((object) => !after.has(object));
    expect([locked.length > 0, superseded.length > 0]).toEqual([true, true]);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await one.close();
    await storage.close();
    rmSync(one.directory, { recursive: true, force: true });
  });

  const sealed = async (session: string): Promise<RecordingManifest> => {
    await one.lifecycle.preview(new Date());
    return one.archive.index.byId(session)!.manifest;
  };
  const passes = (ms: number): void => void vi.setSystemTime(Date.now() + ms);
  const left = async (): Promise<string[]> => {
    const found = await Promise.all(superseded.map((name) => one.archive.store.head(name)));
    return superseded.filter((_, index) => found[index] !== undefined);
  };
  const revisions = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of one.archive.store.list('recordings/')) names.push(name);
    return names;
  };

  test('a round of the sealer deletes the old revision once its lock has ended', async () => {
    passes(days(399));
    await one.lifecycle.preview(new Date());
    expect(await left()).toEqual(superseded);
    passes(days(1) + 2_000);
    await one.lifecycle.preview(new Date());
    expect(await left()).toEqual([]);
    expect(await revisions()).toHaveLength(1);
  });

  test('a rebuilt index knows what is to go', async () => {
    await one.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(archiveIndexFile(one.directory) + suffix, { force: true });
    one = await aLifecycle({ default: '400d' }, { directory: one.directory, storage: storage.storage });
    await rebuildIndex(one.archive);
    await one.lifecycle.preview(new Date());
    expect(await left()).toEqual(superseded);
    passes(days(400) + 2_000);
    await one.lifecycle.preview(new Date());
    expect([await left(), (await revisions()).length]).toEqual([[], 1]);
  });
});
