import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ObjectDamaged, ObjectMissing, type ObjectRange } from './recording-store.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { isNotFound, S3Failure, toS3Failure } from './s3-failure.ts';
import type { Located } from './s3-versions.ts';

/** In a row without one byte between them. */
const ATTEMPTS = 5;

export type Readable = { readonly name: string; readonly located: Located; readonly etag: string | undefined };

/** Streams a part of an object; goes on where it was when the connection breaks. */
export async function* readS3(bucket: S3Bucket, object: Readable, { offset, length }: ObjectRange): AsyncGenerator<Uint8Array> {
  let failures = 0;
  for (let done = 0; done < length; ) {
    try {
      for await (const chunk of await request(bucket, object, offset + done, offset + length - 1)) {
        if (chunk.length > length - done) throw new ObjectDamaged(object.name, 'the store sends more bytes than were asked for');
        done += chunk.length;
        failures = 0;
        yield chunk;
      }
      if (done < length) throw new S3Failure('ECONNRESET', undefined, `the answer ended ${length - done} bytes early`);
    } catch (error) {
      failures += 1;
      await recover(object.name, error, failures);
    }
  }
}

async function request(
  bucket: S3Bucket,
  { name, located, etag }: Readable,
  first: number,
  last: number,
): Promise<AsyncIterable<Uint8Array>> {
  const { key, versionId } = located;
  const command = new GetObjectCommand({
    Bucket: bucket.name,
    Key: key,
    VersionId: versionId,
    Range: `bytes=${first}-${last}`,
    IfMatch: etag,
  });
  const { Body, ContentLength } = await bucket.send(command);
  if (ContentLength !== undefined && ContentLength !== last - first + 1) {
    (Body as { destroy?: () => void } | undefined)?.destroy?.();
    throw new S3Failure(
      'ECONNRESET',
      undefined,
      `of ${name} the store offers ${ContentLength} bytes where ${last - first + 1} were asked for`,
    );
  }
  return Body as AsyncIterable<Uint8Array>;
}

/** A small object as text, as it is now; asked for again when the connection breaks. */
export async function readSmall(bucket: S3Bucket, key: string): Promise<{ text: string; etag: string | undefined }> {
  for (let failures = 1; ; failures += 1) {
    const { Body, ETag } = await bucket.send(new GetObjectCommand({ Bucket: bucket.name, Key: key }));
    try {
      return { text: (await Body?.transformToString()) ?? '', etag: ETag };
    } catch (error) {
      if (failures >= ATTEMPTS) throw toS3Failure(error);
      await sleep(Math.random() * 100 * 2 ** failures);
    }
  }
}

/** Waits, or throws what cannot be got over by asking again. */
async function recover(name: string, error: unknown, failures: number): Promise<void> {
  if (error instanceof ObjectDamaged) throw error;
  const failure = toS3Failure(error);
  if (isNotFound(failure)) throw new ObjectMissing(name, { cause: failure });
  if (failure.code === 'PreconditionFailed') throw new ObjectDamaged(name, 'it was replaced while it was read', { cause: failure });
  const passing = failure.status === undefined || failure.status < 300 || failure.status >= 500;
  if (!passing || failures >= ATTEMPTS) throw failure;
  await sleep(Math.random() * 100 * 2 ** failures);
}
