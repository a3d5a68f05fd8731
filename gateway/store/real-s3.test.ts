// The contract against a real S3, by hand: STENO_S3 names a JSON file with the settings of `storage.s3`. Objects that the tests retain stay for some hours.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe } from 'vitest';
import type { S3Config } from '../config-storage.ts';
import { openS3Store } from './s3-store.ts';
import { describeStore } from './testing/store-contract.ts';

const file = process.env['STENO_S3'];

describe.runIf(file !== undefined)('a real S3', () => {
  const settings = file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as S3Config);
  const fresh = { ...settings, prefix: `contract-${randomUUID()}/` } as S3Config;
  describeStore(
    `${settings?.bucket}, object lock: ${settings?.objectLock}`,
    async () => ({ store: await openS3Store(fresh), again: () => openS3Store(fresh), close: async () => {} }),
    { leaveOut: ['many objects'] },
  );
});
