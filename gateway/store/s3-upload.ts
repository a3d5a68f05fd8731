import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Digest } from './durable-file.ts';
import { encryptionHeaders, type S3Bucket } from './s3-bucket.ts';
import { S3Failure } from './s3-failure.ts';

/** Held in memory at once; S3 takes parts from 5 MiB on, and 10,000 of them. */
const PART_BYTES = 16 * 2 ** 20;
const MAX_PARTS = 10_000;
/** An upload that nobody finished after so long never will be; what it sent is paid for until it is aborted. */
const ABANDONED_MS = 24 * 3_600_000;

export type LockHeaders = Pick<PutObjectCommandInput, 'ObjectLockMode' | 'ObjectLockRetainUntilDate' | 'ObjectLockLegalHoldStatus'>;
export type Upload = { readonly key: string; readonly file: string; readonly digest: Digest; readonly lock: LockHeaders };

/** Under the metadata `sha256` stands the digest of the whole: S3's own of an upload in parts is one of its parts' digests. */
const headersOf = (bucket: S3Bucket, { key, digest, lock }: Upload) => ({
  Bucket: bucket.name,
  Key: key,
  Metadata: { sha256: digest.sha256 },
  ContentType: 'application/octet-stream',
  ...encryptionHeaders(bucket.settings),
  ...lock,
});

/** Creates the object or throws an S3Failure that isTaken; gives the version's id where there are versions. A file that changed since its digest was taken is refused. */
export async function upload(bucket: S3Bucket, job: Upload): Promise<string | undefined> {
  const handle = await open(job.file, 'r');
  try {
    return await (job.digest.bytes <= PART_BYTES ? uploadAtOnce(bucket, job, handle) : uploadInParts(bucket, job, handle));
  } finally {
    await handle.close();
  }
}

async function uploadAtOnce(bucket: S3Bucket, job: Upload, handle: FileHandle): Promise<string | undefined> {
  const body = await readPart(handle, 0, job.digest.bytes);
  if (createHash('sha256').update(body).digest('hex') !== job.digest.sha256) throw changed();
  const ChecksumSHA256 = Buffer.from(job.digest.sha256, 'hex').toString('base64');
  const input = { ...headersOf(bucket, job), Body: body, ContentLength: body.length, ChecksumSHA256, IfNoneMatch: '*' };
  return (await bucket.send(new PutObjectCommand(input))).VersionId;
}

async function uploadInParts(bucket: S3Bucket, job: Upload, handle: FileHandle): Promise<string | undefined> {
  const { UploadId } = await bucket.send(new CreateMultipartUploadCommand({ ...headersOf(bucket, job), ChecksumAlgorithm: 'SHA256' }));
  const target = { Bucket: bucket.name, Key: job.key, UploadId };
  try {
    const Parts = await sendParts(bucket, target, handle, job.digest);
    const command = new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, IfNoneMatch: '*' });
    return (await bucket.send(command)).VersionId;
  } catch (error) {
    await bucket.send(new AbortMultipartUploadCommand(target)).catch(() => undefined); // what stays is swept by a later start
    throw error;
  }
}

type Target = { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined };

async function sendParts(bucket: S3Bucket, target: Target, handle: FileHandle, digest: Digest): Promise<CompletedPart[]> {
  const size = Math.max(PART_BYTES, Math.ceil(digest.bytes / MAX_PARTS));
  const whole = createHash('sha256');
  const parts: CompletedPart[] = [];
  for (let at = 0; at < digest.bytes; at += size) {
    const body = await readPart(handle, at, Math.min(size, digest.bytes - at));
    whole.update(body);
    const part = { PartNumber: parts.length + 1, ChecksumSHA256: createHash('sha256').update(body).digest('base64') };
    const { ETag } = await bucket.send(new UploadPartCommand({ ...target, ...part, Body: body, ContentLength: body.length }));
    parts.push({ ...part, ETag });
  }
  if (whole.digest('hex') !== digest.sha256) throw changed();
  return parts;
}

async function readPart(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(buffer, done, length - done, at + done);
    if (bytesRead === 0) throw changed();
    done += bytesRead;
  }
  return buffer;
}

const changed = (): Error => new Error('The file changed while it was copied into the store: seal files before they are stored.');

/** What killed gateways left half sent. A right that is missing here costs money, not evidence: the bucket's life cycle can do the same. */
export async function abortAbandonedUploads(bucket: S3Bucket): Promise<void> {
  try {
    const { Uploads } = await bucket.send(new ListMultipartUploadsCommand({ Bucket: bucket.name, Prefix: bucket.settings.prefix }));
    const old = (Uploads ?? []).filter(({ Initiated }) => Initiated !== undefined && Initiated.getTime() < Date.now() - ABANDONED_MS);
    for (const { Key, UploadId } of old) await bucket.send(new AbortMultipartUploadCommand({ Bucket: bucket.name, Key, UploadId }));
  } catch (error) {
    if (!(error instanceof S3Failure)) throw error;
  }
}
