import type { S3Config } from '../config-storage.ts';
import { hashFile } from './durable-file.ts';
import { explainS3Failure } from './explain-s3-failure.ts';
import { S3Bucket } from './s3-bucket.ts';
import { isTaken } from './s3-failure.ts';
import { type Upload, upload } from './s3-upload.ts';
import { versionsOf } from './s3-versions.ts';

/** Sends a file to a name that is taken, without looking first. */
export async function refuseToOverwrite(settings: S3Config, name: string, file: string): Promise<string> {
  const bucket = new S3Bucket(settings);
  try {
    const job = { key: bucket.keyOf(name), file, digest: await hashFile(file), lock: {} };
    const end = await explainS3Failure(bucket.name, () => overwrite(bucket, job));
    if (end === 'refused') return 'refused, as it must be';
    if (end === 'second') return 'not refused, but the first version stays and counts';
  } finally {
    bucket.close();
  }
  throw new Error('It was overwritten: this S3 does not know If-None-Match here. Turn on versions of the bucket: the first one counts.');
}

async function overwrite(bucket: S3Bucket, job: Upload): Promise<'refused' | 'second' | 'overwritten'> {
  const versions = await versionsOf(bucket);
  try {
    const versionId = await upload(bucket, job);
    return (await versions.confirm(job.key, versionId)) ? 'overwritten' : 'second';
  } catch (error) {
    if (isTaken(error)) return 'refused';
    throw error;
  }
}
