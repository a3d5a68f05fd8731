import path from 'node:path';
import type { Config } from '../config.ts';
import { openFolderStore } from './folder-store.ts';
import type { RecordingStore } from './recording-store.ts';
import type { Patience } from './s3-bucket.ts';

/** The store that the configuration names, with the usual patience for a bucket unless told; throws StoreUnavailable with the remedy if it cannot be used as it is configured. */
export async function openStore(
  { storage, dataDirectory }: Pick<Config, 'storage' | 'dataDirectory'>,
  patience?: Patience,
): Promise<RecordingStore> {
  if (storage === undefined) return openFolderStore(path.join(dataDirectory, 'store'));
  if ('folder' in storage) return openFolderStore(storage.folder);
  return (await import('./s3-store.ts')).openS3Store(storage.s3, patience);
}
