import type { S3Config } from '../config-storage.ts';
import { hashFile } from './durable-file.ts';
import { explainS3Failure } from './explain-s3-failure.ts';
import { S3Bucket } from './s3-bucket.ts';
import { isTaken } from './s3-failure.ts';
import { upload } from './s3-upload.ts';

/** Sends a file to a name that is taken, without looking first. */
export async function refuseToOverwrite(settings: S3Config, name: string, file: string): Promise<string> {
  const bucket = new S3Bucket(settings);
  try {
    const job = { key: bucket.keyOf(name), file, digest: await hashFile(file), lock: {} };
    const refused = await explainS3Failure(bucket.name, () => isRefused(() => upload(bucket, job)));
    if (refused) return 'refused, as it must be';
  } finally {
    bucket.close();
  }
  throw new Error(
    'It was overwritten: this S3 does not know If-None-Match here. With versions and Object Lock the first version stays and counts.',
  );
}

async function isRefused(action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return false;
  } catch (error) {
    if (isTaken(error)) return true;
    throw error;
  }
}
