import path from 'node:path';
import { openFolderStore } from '../store/folder-store.ts';
import type { RecordingStore } from '../store/recording-store.ts';
import { ArchiveIndex } from './archive-index.ts';
import { SubjectKeys } from './subject-keys.ts';

/** Where sealed recordings are, which there are, and the keys that open them. */
export type Archive = {
  /** Data directory of the gateway. */
  readonly directory: string;
  readonly store: RecordingStore;
  readonly index: ArchiveIndex;
  readonly keys: SubjectKeys;
  close(): Promise<void>;
};

export const defaultStoreFolder = (directory: string): string => path.join(directory, 'recordings');

/** `store`: default the folder `recordings` of the data directory. It is closed with the archive. */
export async function openArchive(directory: string, store?: RecordingStore): Promise<Archive> {
  const opened = store ?? (await openFolderStore(defaultStoreFolder(directory)));
  const index = new ArchiveIndex(directory);
  return {
    directory,
    store: opened,
    index,
    keys: new SubjectKeys(directory),
    async close() {
      index.close();
      await opened.close();
    },
  };
}
