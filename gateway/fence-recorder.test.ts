import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fenced, fenceRecorder } from './fence-recorder.ts';
import { openFolderStore } from './store/folder-store.ts';
import { claimWriter, StoreClaimed } from './store/writer-claim.ts';
import { createMemoryRecorder } from './testing/memory-recorder.ts';

test('without the claim nothing begins, and what is under way ends', async () => {
  let refusal: string | undefined;
  let released = 0;
  const recorder = fenced(createMemoryRecorder(), { refusal: () => refusal }, async () => {
    released += 1;
  });
  expect(recorder.state().ready).toBe(true);
  refusal = 'Another gateway writes to this store.';
  expect(() => recorder.open({} as never)).toThrow(/Another gateway writes/);
  expect(() => recorder.openSession({} as never)).toThrow(/Another gateway writes/);
  await expect(recorder.enter({} as never)).rejects.toThrow(/Another gateway writes/);
  expect(recorder.state()).toMatchObject({ ready: false, reason: refusal });
  await recorder.closeSession('any', 'end');
  await recorder.close();
  expect(released).toBe(1);
});

test('a gateway does not start on a store that another one writes to, and may when that one ended', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'steno-fence-'));
  const config = { dataDirectory: folder, storage: { folder: path.join(folder, 'store') } };
  const store = await openFolderStore(config.storage.folder);
  const pace = { beatMs: 100, graceMs: 5000 };
  const other = await claimWriter(store, { holder: 'another', place: 'elsewhere' }, pace);
  await expect(claimWriter(store, { holder: 'third', place: 'third' }, pace)).rejects.toThrow(StoreClaimed);
  expect(other.refusal()).toBeUndefined();
  await other.close();
  expect(other.refusal()).toMatch(/given back/);
  const recorder = await fenceRecorder(createMemoryRecorder(), config);
  expect(recorder.state().ready).toBe(true);
  await recorder.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

test('a store within the data directory needs no claim', async () => {
  const recorder = createMemoryRecorder();
  expect(await fenceRecorder(recorder, { dataDirectory: '/nowhere', storage: undefined })).toBe(recorder);
});
