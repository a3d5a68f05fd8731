import type { S3Config } from '../config-storage.ts';
import { type RecordingStore, StoreUnavailable } from './recording-store.ts';

export function openS3Store(config: S3Config): Promise<RecordingStore> {
  return Promise.reject(new StoreUnavailable(`Bucket ${config.bucket} cannot be used yet`, 'Set storage.folder.'));
}
