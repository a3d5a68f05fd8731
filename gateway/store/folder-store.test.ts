import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openFolderStore } from './folder-store.ts';
import { describeStore } from './testing/store-contract.ts';

describeStore('a store in a folder', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'steno-store-'));
  return {
    store: await openFolderStore(folder),
    again: () => openFolderStore(folder),
    close: () => rm(folder, { recursive: true, force: true }),
  };
});
