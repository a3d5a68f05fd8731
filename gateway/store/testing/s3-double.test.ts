import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type S3Double, startS3Double } from './s3-double.ts';

const Bucket = 'recordings';
let double: S3Double;
let client: S3Client;

beforeEach(async () => {
  double = await startS3Double({ objectLock: true, pageSize: 2 });
  const { region, endpoint, accessKeyId, secretAccessKey } = double;
  client = new S3Client({ region, endpoint, forcePathStyle: true, maxAttempts: 1, credentials: { accessKeyId, secretAccessKey } });
  client.config.requestChecksumCalculation = async () => 'WHEN_REQUIRED';
});
afterEach(() => double.close());

const digest = (text: string): string => createHash('sha256').update(text).digest('base64');
const put = (Key: string, Body: string, more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ChecksumSHA256: digest(Body), ...more }));
const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

describe('the double is as strict as S3', () => {
  test('unsigned requests are refused', async () => {
    expect((await fetch(`${double.endpoint}/${Bucket}/a`)).status).toBe(403);
  });

  test('what was signed cannot be changed on the way', async () => {
    for (const change of ['query', 'header', 'body'] as const) {
      client.middlewareStack.add(
        (next) => (args) => {
          const request = args.request as { query: Record<string, string>; headers: Record<string, string>; body: unknown };
          if (change === 'query') request.query['versionId'] = 'x';
          if (change === 'header') request.headers['if-none-match'] = '"x"';
          if (change === 'body') request.body = 'changeD';
          return next(args);
        },
        { step: 'deserialize', name: 'tamper', override: true },
      );
      await expect(put('a', 'changed', { IfNoneMatch: '*' })).rejects.toThrow(/signature|x-amz-content-sha256/);
    }
    expect(double.bucket.all('')).toEqual([]);
  });

  test('a wrong digest is refused, and If-None-Match keeps the first', async () => {
    await expect(put('a', 'text', { ChecksumSHA256: digest('other') })).rejects.toThrow('SHA256');
    await put('a', 'first', { IfNoneMatch: '*' });
    await expect(put('a', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'a', Range: 'bytes=1-3' }));
    expect(await Body?.transformToString()).toBe('irs');
  });

  test('a locked version cannot be deleted, nor its date brought forward', async () => {
    const { VersionId } = await put('a', 'x', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inAnHour() });
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId }))).rejects.toMatchObject({ name: 'AccessDenied' });
    const sooner = { Mode: 'COMPLIANCE', RetainUntilDate: new Date(Date.now() + 60_000) } as const;
    const command = new PutObjectRetentionCommand({ Bucket, Key: 'a', VersionId, Retention: sooner, ChecksumAlgorithm: 'SHA256' });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'AccessDenied' });
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).rejects.toMatchObject({ name: 'NotFound' });
    const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    expect([Versions?.length, DeleteMarkers?.length]).toEqual([1, 1]);
  });

  test('a lock needs a date to come, and a bucket that locks', async () => {
    await expect(put('a', 'x', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date(0) })).rejects.toThrow('in the future');
    await expect(put('a', 'x', { ObjectLockMode: 'COMPLIANCE' })).rejects.toThrow('both be supplied');
    const plain = await startS3Double();
    client.config.endpoint = async () => ({
      protocol: 'http:',
      hostname: '127.0.0.1',
      port: Number(new URL(plain.endpoint).port),
      path: '/',
    });
    await expect(put('a', 'x', { ObjectLockLegalHoldStatus: 'ON' })).rejects.toThrow('missing Object Lock');
    await plain.close();
  });

  test('parts must be big enough, as they were sent, and the upload not aborted', async () => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a', ChecksumAlgorithm: 'SHA256' }));
    const target = { Bucket, Key: 'a', UploadId };
    const send = async (PartNumber: number, Body: string) => {
      const { ETag } = await client.send(new UploadPartCommand({ ...target, PartNumber, Body, ChecksumSHA256: digest(Body) }));
      return { PartNumber, ETag, ChecksumSHA256: digest(Body) };
    };
    const Parts = [await send(1, 'small'), await send(2, 'last')];
    const complete = (parts: typeof Parts) =>
      client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: parts } }));
    await expect(complete(Parts)).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete([{ ...Parts[1]!, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await client.send(new AbortMultipartUploadCommand(target));
    await expect(complete([Parts[1]!])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('lists come in pages whose tokens only the double understands', async () => {
    for (const key of ['c', 'a', 'b/2', 'b/1', 'd']) await put(key, 'x');
    const pages: (string | undefined)[][] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
      pages.push((page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(pages).toEqual([['a', 'b/1'], ['b/2', 'c'], ['d']]);
  });

  test('what it does not know is refused, so that it is noticed', async () => {
    await expect(put('a', 'x', { StorageClass: 'GLACIER' })).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});
