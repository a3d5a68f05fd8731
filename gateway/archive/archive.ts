import type { Config } from '../config.ts';
import { openStore } from '../store/open-store.ts';
import type { RecordingStore } from '../store/recording-store.ts';
import type { Patience } from '../store/s3-bucket.ts';
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

/** `storage`: as configured; default the folder `store` of the data directory. `patience`: with a bucket. Throws StoreUnavailable. */
export async function openArchive(directory: string, storage?: Config['storage'], patience?: Patience): Promise<Archive> {
  const store = await openStore({ storage, dataDirectory: directory }, patience);
  const index = new ArchiveIndex(directory);
  return {
    directory,
    store,
    index,
    keys: new SubjectKeys(directory),
    async close() {
      index.close();
      await store.close();
    },
  };
}
