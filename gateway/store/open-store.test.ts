import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseConfig } from '../config.ts';
import { checkStore } from './check-store.ts';
import { openStore } from './open-store.ts';
import { settingsFor } from './testing/open-s3-under-test.ts';
import { startS3Double } from './testing/s3-double.ts';

const aConfig = (storage: string): string => `
dataDirectory: data
issuers: [{ issuer: https://id.example.com, audience: steno }]
connections: [{ name: main, projects: ['*'], credentials: none }]
policy: { directory: policy }
${storage}`;

const storageOf = (storage: string) => {
  const parsed = parseConfig(aConfig(storage), '/etc/steno');
  if (!parsed.ok) throw new Error(parsed.error.map(({ path: at, message }) => `${at}: ${message}`).join('\n'));
  return parsed.value.storage;
};

test('the configuration names a folder or a bucket, and paths resolve from its own folder', () => {
  expect(storageOf('')).toBeUndefined();
  expect(storageOf('storage: { folder: recordings }')).toEqual({ folder: '/etc/steno/recordings' });
  expect(storageOf('storage: { s3: { bucket: acme-recordings, region: eu-central-1, credentials: { file: keys } } }')).toEqual({
    s3: {
      bucket: 'acme-recordings',
      prefix: '',
      region: 'eu-central-1',
      objectLock: 'none',
      credentials: { file: '/etc/steno/keys', profile: 'default' },
    },
  });
});

test.each([
  ['storage: {}', 'storage: must be either { folder: PATH }'],
  ['storage: { folder: a, s3: { bucket: abc, region: eu-1 } }', 'storage: must be either { folder: PATH }'],
  ['storage: { s3: { bucket: abc } }', 'storage.s3.region: is missing: name the region'],
  ['storage: { s3: { bucket: Abc, region: eu-1 } }', 'storage.s3.bucket: must be the name of a bucket'],
  ['storage: { s3: { bucket: abc, region: eu-1, objectLock: yes } }', 'storage.s3.objectLock: must be compliance, governance or none'],
  ['storage: { s3: { bucket: abc, region: eu-1, prefix: steno } }', 'storage.s3.prefix: must end with a slash'],
  ['storage: { s3: { bucket: abc, region: eu-1, prefix: ../ } }', 'storage.s3.prefix: must end with a slash'],
  ['storage: { s3: { bucket: abc, endpoint: http://minio.example.com } }', 'storage.s3.endpoint: must be an https address'],
  [
    'storage: { s3: { bucket: abc, endpoint: https://key:secret@minio.example.com } }',
    'storage.s3.endpoint: must be an https address without user',
  ],
  ['storage: { s3: { bucket: abc, region: eu-1, secretAccessKey: x } }', 'storage.s3.secretAccessKey: is not a setting'],
])('%s is refused', (storage, message) => {
  expect(() => storageOf(storage)).toThrow(message);
});

test('each check of a sound folder passes, and nothing of it is left', async () => {
  const dataDirectory = await mkdtemp(path.join(os.tmpdir(), 'steno-check-'));
  const checks = await Array.fromAsync(checkStore({ dataDirectory, storage: undefined }));
  expect(checks.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['open', 'refuse other bytes', 'read a range', 'legal hold', 'retention', 'delete']),
  );
  const store = await openStore({ dataDirectory, storage: undefined });
  expect(await Array.fromAsync(store.list(''))).toEqual([]);
  await store.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

test('each check of a sound bucket passes; one that overwrites is found out', async () => {
  const dataDirectory = await mkdtemp(path.join(os.tmpdir(), 'steno-check-'));
  const double = await startS3Double();
  const s3 = await settingsFor(double, dataDirectory);
  const checks = await Array.fromAsync(checkStore({ dataDirectory, storage: { s3 } }));
  expect(checks.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect(double.bucket.all('')).toEqual([]);

  double.bucket.check = () => {};
  const careless = await Array.fromAsync(checkStore({ dataDirectory, storage: { s3 } }));
  expect(careless.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual([
    'bucket refuses to overwrite',
    'bucket refuses to overwrite in parts',
  ]);
  await double.close();
  await rm(dataDirectory, { recursive: true, force: true });
}, 60_000);

test('a bucket that locks passes too; where it does not refuse to overwrite, its first version counts', async () => {
  const dataDirectory = await mkdtemp(path.join(os.tmpdir(), 'steno-check-'));
  const double = await startS3Double({ objectLock: true });
  const s3 = await settingsFor(double, dataDirectory, { objectLock: 'compliance' });
  double.bucket.check = () => {};
  const checks = await Array.fromAsync(checkStore({ dataDirectory, storage: { s3 } }));
  expect(checks.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect(checks.find(({ name }) => name === 'bucket refuses to overwrite')?.detail).toContain('the first version stays and counts');
  expect(double.bucket.all('')).toEqual([]);
  await double.close();
  await rm(dataDirectory, { recursive: true, force: true });
}, 60_000);

test('a bucket that does not open is one failed check', async () => {
  const s3 = {
    bucket: 'none',
    prefix: '',
    endpoint: 'http://127.0.0.1:9',
    objectLock: 'none' as const,
    credentials: { file: '/nowhere', profile: 'default' },
  };
  expect(await Array.fromAsync(checkStore({ dataDirectory: '/nowhere', storage: { s3 } }))).toMatchObject([
    { name: 'open', status: 'failed', detail: expect.stringContaining('/nowhere cannot be read') },
  ]);
});

test('the SDK is not loaded for a folder', async () => {
  const script = `
    const { openStore } = await import(${JSON.stringify(path.join(import.meta.dirname, 'open-store.ts'))});
    const { createRequire } = await import('node:module');
    console.log(Object.keys(createRequire(import.meta.url).cache).filter((each) => each.includes('aws-sdk')).length, typeof openStore);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout.trim()).toBe('0 function');
});
