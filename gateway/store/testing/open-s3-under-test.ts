import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { S3Config } from '../../config-storage.ts';
import { hashFile } from '../durable-file.ts';
import { openS3Store } from '../s3-store.ts';
import { type S3Double, type S3DoubleOptions, startS3Double } from './s3-double.ts';
import type { StoreUnderTest } from './store-contract.ts';

/** Short enough for tests, and long enough for a busy machine. */
export const impatience = { attempts: 4, connectMs: 3000, answerMs: 3000, idleMs: 3000 };

export type S3UnderTest = StoreUnderTest & { readonly double: S3Double; readonly settings: S3Config };

/** A store over a fresh double. */
export async function openS3UnderTest(
  options: S3DoubleOptions,
  given: Partial<S3Config> = {},
  patience = impatience,
): Promise<S3UnderTest> {
  const double = await startS3Double(options);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'steno-keys-'));
  const settings = await settingsFor(double, folder, given);
  return {
    double,
    settings,
    store: await openS3Store(settings, patience),
    again: () => openS3Store(settings, patience),
    seed: async (names, file) => {
      const { sha256, bytes } = await hashFile(file);
      const object = {
        blob: { files: [{ path: file, bytes }], bytes },
        etag: `"${sha256}"`,
        headers: { 'x-amz-meta-sha256': sha256 },
        hold: false,
      };
      for (const name of names) double.bucket.add(`${settings.prefix}${name}`, object, {});
    },
    close: async () => {
      await double.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function settingsFor(double: S3Double, folder: string, given: Partial<S3Config> = {}): Promise<S3Config> {
  const file = path.join(folder, 'credentials');
  await writeFile(file, `[default]\naws_access_key_id = ${double.accessKeyId}\naws_secret_access_key = ${double.secretAccessKey}\n`);
  const { region, endpoint } = double;
  return {
    bucket: 'recordings',
    prefix: 'steno/',
    region,
    endpoint,
    objectLock: 'none',
    credentials: { file, profile: 'default' },
    ...given,
  };
}
