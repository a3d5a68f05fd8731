import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { S3Config } from '../config-storage.ts';
import { ObjectDamaged, ObjectExists, ObjectLocked, StoreUnavailable } from './recording-store.ts';
import { openS3Store } from './s3-store.ts';
import { impatience, openS3UnderTest, type S3UnderTest, settingsFor } from './testing/open-s3-under-test.ts';
import { startS3Double } from './testing/s3-double.ts';

let folder: string;
let source: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'steno-attack-'));
  source = path.join(folder, 'source');
  await writeFile(source, 'what was put');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Someone with the right to write to the bucket, and without Steno's manners. */
function anIntruder({ double }: S3UnderTest) {
  const { region, endpoint, accessKeyId, secretAccessKey } = double;
  const client = new S3Client({
    region,
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const Bucket = 'recordings';
  return {
    overwrite: (name: string, Body: string, Metadata = {}) =>
      client.send(new PutObjectCommand({ Bucket, Key: `steno/${name}`, Body, Metadata })),
    delete: (name: string) => client.send(new DeleteObjectCommand({ Bucket, Key: `steno/${name}` })),
  };
}

const textOf = async (under: S3UnderTest, name: string): Promise<string> =>
  Buffer.concat(await Array.fromAsync(under.store.read(name))).toString();

describe('in a bucket with versions, an intruder who writes', () => {
  let under: S3UnderTest;
  beforeEach(async () => {
    under = await openS3UnderTest({ objectLock: true, pageSize: 2 }, { objectLock: 'compliance' });
  });
  afterEach(async () => {
    await under.store.close();
    await under.close();
  });

  test('cannot change what an object is: the first version counts', async () => {
    const facts = await under.store.put('objects/a', source, { legalHold: true });
    for (let time = 0; time < 5; time += 1) await anIntruder(under).overwrite('objects/a', `forged ${time}`, { sha256: '0'.repeat(64) });
    expect(await under.store.head('objects/a')).toEqual(facts);
    expect(await textOf(under, 'objects/a')).toBe('what was put');
    expect(await Array.fromAsync(under.store.list(''))).toEqual([facts]);
    await expect(under.store.delete('objects/a')).rejects.toThrow(ObjectLocked);
  });

  test('cannot hide an object behind a delete marker', async () => {
    const facts = await under.store.put('objects/a', source);
    await anIntruder(under).delete('objects/a');
    expect(await under.store.head('objects/a')).toEqual(facts);
    expect(await textOf(under, 'objects/a')).toBe('what was put');
    expect(await under.store.put('objects/a', source)).toEqual(facts);
    await writeFile(source, 'other bytes');
    await expect(under.store.put('objects/a', source)).rejects.toThrow(ObjectExists);
    expect(await Array.fromAsync(under.store.list('objects/'))).toEqual([facts]);
  });

  test('of many writers, one wins even where the bucket knows no conditions', async () => {
    under.double.bucket.check = () => {};
    const files = Array.from({ length: 8 }, (_, index) => path.join(folder, String(index)));
    for (const file of files) await writeFile(file, `writer ${file}`);
    const ends = await Promise.allSettled(files.map((file) => under.store.put('contested', file)));
    const won = ends.flatMap((each, index) => (each.status === 'fulfilled' ? [index] : []));
    expect(won).toHaveLength(1);
    expect(await textOf(under, 'contested')).toBe(`writer ${files[won[0]!]}`);
    expect(under.double.bucket.all('steno/contested')).toHaveLength(1);
  });

  test('leaves nothing behind when the object is deleted', async () => {
    await under.store.put('objects/a', source);
    await under.store.put('objects/a-b', source);
    await anIntruder(under).overwrite('objects/a', 'forged');
    await anIntruder(under).delete('objects/a');
    await under.store.delete('objects/a');
    expect(await under.store.head('objects/a')).toBeUndefined();
    expect(under.double.bucket.all('steno/').map(({ key }) => key)).toEqual(['steno/objects/a-b']);
  });
});

test('in a bucket without versions, replaced bytes are noticed', async () => {
  const under = await openS3UnderTest({});
  await under.store.put('objects/a', source);
  const { sha256 } = (await under.store.head('objects/a'))!;
  await anIntruder(under).overwrite('objects/a', 'what was puT', { sha256 });
  await expect(textOf(under, 'objects/a')).rejects.toThrow(ObjectDamaged);
  await under.store.close();
  await under.close();
});

test('objects that came without us, and keys that are no names', async () => {
  const under = await openS3UnderTest({});
  await anIntruder(under).overwrite('restored', 'from a backup');
  await anIntruder(under).overwrite('a b/c', 'odd');
  expect(await Array.fromAsync(under.store.list(''))).toMatchObject([{ name: 'restored', bytes: 13, legalHold: false }]);
  expect(await textOf(under, 'restored')).toBe('from a backup');
  await under.store.close();
  await under.close();
});

test('a deletion that was cut short is ended by the next who comes, after a minute', async () => {
  const under = await openS3UnderTest({});
  await under.store.put('a', source);
  await anIntruder(under).overwrite('.facts/a.json', JSON.stringify({ deletingSince: new Date(Date.now() - 5000) }));
  expect(await under.store.head('a')).toBeUndefined();
  await expect(under.store.hold('a', true)).rejects.toThrow('not in the store');
  await expect(under.store.put('a', source)).rejects.toThrow(/being deleted.*again after 60 s/);
  await anIntruder(under).overwrite('.facts/a.json', JSON.stringify({ deletingSince: new Date(Date.now() - 61_000) }));
  expect(await under.store.put('a', source, { legalHold: true })).toMatchObject({ name: 'a', legalHold: true });
  expect(await under.store.head('a')).toMatchObject({ legalHold: true });
  await under.store.close();
  await under.close();
});

test('uploads that nobody finished are swept after a day, at the next start', async () => {
  const under = await openS3UnderTest({});
  const object = { headers: {}, hold: false };
  under.double.bucket.uploads.set('old', { key: 'steno/a', started: Date.now() - 25 * 3_600_000, object, parts: new Map() });
  under.double.bucket.uploads.set('young', { key: 'steno/b', started: Date.now() - 60_000, object, parts: new Map() });
  under.double.bucket.uploads.set('foreign', { key: 'others/c', started: 0, object, parts: new Map() });
  await (await openS3Store(under.settings, impatience)).close();
  expect([...under.double.bucket.uploads.keys()]).toEqual(['young', 'foreign']);
  await under.store.close();
  await under.close();
});

test('what the configuration asks for stands on each object', async () => {
  const under = await openS3UnderTest({}, { encryption: { kmsKeyId: 'key-1' } });
  await under.store.put('a', source, { legalHold: true });
  for (const { headers } of under.double.bucket.all('steno/')) {
    expect(headers).toMatchObject({ 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': 'key-1' });
  }
  await under.store.close();
  await under.close();
});

describe('a bucket that cannot be used is refused at the start, with the remedy and without a credential', () => {
  type Case = readonly [what: string, given: (settings: S3Config) => Promise<S3Config> | S3Config, message: RegExp];
  const cases: readonly Case[] = [
    ['no such bucket', (s) => ({ ...s, bucket: 'elsewhere' }), /NoSuchBucket.*Make the bucket/],
    ['another region', (s) => ({ ...s, region: 'us-west-2' }), /storage\.s3\.region/],
    ['no Object Lock', (s) => ({ ...s, objectLock: 'compliance' }), /no Object Lock.*objectLock: none/],
    ['nobody at the address', (s) => ({ ...s, endpoint: 'http://127.0.0.1:9' }), /ECONNREFUSED.*storage\.s3\.endpoint/],
    [
      'no such file of keys',
      (s) => ({ ...s, credentials: { file: '/nowhere/keys', profile: 'default' } }),
      /\/nowhere\/keys cannot be read \(ENOENT\)/,
    ],
    ['no such profile', (s) => ({ ...s, credentials: { ...s.credentials!, profile: 'other' } }), /no keys under \[other\]/],
    ['another access key', (s) => withKeys(s, 'AKIASOMEBODYELSE0001', 'x'), /storage\.s3\.credentials/],
    ['another secret', (s) => withKeys(s, 'AKIADOUBLEDOUBLE0001', 'a-wrong/secret+key'), /SignatureDoesNotMatch.*storage\.s3\.credentials/],
  ];

  test.each(cases)('%s', async (_what, given, message) => {
    const double = await startS3Double();
    const settings = await given(await settingsFor(double, folder));
    const error = await openS3Store(settings, { ...impatience, attempts: 1 }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect((error as Error).message).toMatch(message);
    for (const secret of [double.secretAccessKey, double.accessKeyId, 'AKIASOMEBODYELSE0001', 'a-wrong/secret+key', 'Signature=']) {
      expect(everythingIn(error)).not.toContain(secret);
    }
    await double.close();
  });

  async function withKeys(settings: S3Config, id: string, secret: string): Promise<S3Config> {
    await writeFile(settings.credentials!.file, `[default]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\n`);
    return settings;
  }

  /** The error, its causes, and every property of them that could be printed. */
  function everythingIn(error: unknown): string {
    if (!(error instanceof Error)) return JSON.stringify(error) ?? '';
    const own = Object.getOwnPropertyNames(error).map((name) => everythingIn((error as unknown as Record<string, unknown>)[name]));
    return `${error.message} ${error.stack} ${own.join(' ')}`;
  }
});
