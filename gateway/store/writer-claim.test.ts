import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFolderStore } from './folder-store.ts';
import type { RecordingStore } from './recording-store.ts';
import { openS3UnderTest, type S3UnderTest } from './testing/open-s3-under-test.ts';
import { claimWriter, StoreClaimed, type WriterClaim } from './writer-claim.ts';

const pace = { beatMs: 50, graceMs: 2000 };
const patiently = { timeout: 8000 };
const here = { holder: 'gateway a', place: 'a' };
const there = { holder: 'gateway b', place: 'b' };

describe('one writer for a folder', () => {
  let folder: string;
  let store: RecordingStore;
  let claims: WriterClaim[];
  const claim = async (who: typeof here, at: RecordingStore = store): Promise<WriterClaim> => {
    const made = await claimWriter(at, who, pace);
    claims.push(made);
    return made;
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'steno-claims-'));
    store = await openFolderStore(folder);
    claims = [];
  });
  afterEach(async () => {
    await Promise.all(claims.map((each) => each.close()));
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('a holder that lives keeps others out, and is named to them', async () => {
    const held = await claim(here);
    await expect(claim(there)).rejects.toThrow(/Another gateway writes to this store: gateway a/);
    expect(held.refusal()).toBeUndefined();
  });

  test('given back, it is free at once', async () => {
    await (await claim(here)).close();
    const before = performance.now();
    expect((await claim(there)).refusal()).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(pace.graceMs);
  });

  test('the same data directory on the same run of the machine need not wait after a crash', async () => {
    const frozen = frozenStore(store);
    const crashed = await claim(here, frozen.store);
    frozen.freeze();
    const before = performance.now();
    expect((await claim(here)).refusal()).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(pace.graceMs);
    frozen.thaw();
    await expect.poll(() => crashed.refusal(), patiently).toMatch(/Another gateway writes/);
  });

  test('a holder that is cut off stops by itself before another may follow, and learns of it when it is back', async () => {
    const frozen = frozenStore(store);
    const cut = await claim(here, frozen.store);
    frozen.freeze();
    const times: { followed?: number; stopped?: number } = {};
    const begun = performance.now();
    const following = claim(there).then((follower) => {
      times.followed = performance.now() - begun;
      return follower;
    });
    while (times.followed === undefined) {
      if (cut.refusal() !== undefined) times.stopped ??= performance.now() - begun;
      await sleep(5);
    }
    expect(times.stopped).toBeLessThan(times.followed);
    expect(cut.refusal()).toMatch(/did not confirm/);
    frozen.thaw();
    await expect.poll(() => cut.refusal(), patiently).toMatch(/Another gateway writes to this store: gateway b/);
    expect((await following).refusal()).toBeUndefined();
  });

  test('a short silence of the store passes by itself', async () => {
    const frozen = frozenStore(store);
    const held = await claim(here, frozen.store);
    frozen.freeze();
    await expect.poll(() => held.refusal(), patiently).toMatch(/did not confirm.*no answer/);
    frozen.thaw();
    await expect.poll(() => held.refusal(), patiently).toBeUndefined();
  });

  test('of several that start at once, one becomes the writer', async () => {
    const ends = await Promise.allSettled(['b', 'c', 'd', 'e'].map((place) => claim({ holder: place, place })));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of ends) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(StoreClaimed);
  });

  test('beats do not pile up', async () => {
    await claim(here);
    await sleep(pace.beatMs * 8);
    expect((await Array.fromAsync(store.list('writers/'))).length).toBeLessThanOrEqual(3);
  });
});

describe('one writer for a bucket', () => {
  let under: S3UnderTest;
  beforeEach(async () => {
    under = await openS3UnderTest({ objectLock: true }, { objectLock: 'governance' });
  });
  afterEach(async () => {
    await under.store.close();
    await under.close();
  });

  test('two gateways with one prefix: the second is refused, also while answers are lost', async () => {
    under.double.faults.plan({ kind: 'lose-answer', operation: 'PutObject', times: 2 });
    const held = await claimWriter(under.store, here, { beatMs: 40, graceMs: 3000 });
    const second = await under.again();
    await expect(claimWriter(second, there, { beatMs: 40, graceMs: 3000 })).rejects.toThrow(StoreClaimed);
    expect(held.refusal()).toBeUndefined();
    await held.close();
    const next = await claimWriter(second, there, { beatMs: 40, graceMs: 3000 });
    expect(next.refusal()).toBeUndefined();
    await next.close();
    await second.close();
  });
});

/** A store whose calls fail while it is frozen. */
function frozenStore(store: RecordingStore): { store: RecordingStore; freeze(): void; thaw(): void } {
  let isFrozen = false;
  const guard = async <Value>(action: () => Promise<Value>): Promise<Value> => {
    if (isFrozen) throw new Error('no answer.');
    return action();
  };
  return {
    store: { ...methodsOf(store), put: (...all) => guard(() => store.put(...all)), delete: (...all) => guard(() => store.delete(...all)) },
    freeze: () => {
      isFrozen = true;
    },
    thaw: () => {
      isFrozen = false;
    },
  };
}

const methodsOf = (store: RecordingStore): RecordingStore => ({
  put: (...all) => store.put(...all),
  read: (...all) => store.read(...all),
  head: (...all) => store.head(...all),
  list: (...all) => store.list(...all),
  retain: (...all) => store.retain(...all),
  hold: (...all) => store.hold(...all),
  delete: (...all) => store.delete(...all),
  close: () => store.close(),
});
