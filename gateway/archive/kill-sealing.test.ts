import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startS3Double } from '../store/testing/s3-double.ts';
import { killSealing } from './testing/kill-sealing.ts';

test.each([1, 2, 3, 4])(
  'killed six times while it records and seals, it loses no session, has none twice, and leaves nothing behind (seed %i)',
  async (seed) => {
    const outcome = await killSealing(seed * 100, 6);
    expect(outcome.faults).toEqual([]);
    expect(outcome.acknowledged).toBeGreaterThan(20);
    expect(outcome.sealedByTheDead).toBeGreaterThan(3);
    expect(outcome.sessions).toBeGreaterThan(outcome.sealedByTheDead);
  },
  120_000,
);

test('the same into S3', async () => {
  const double = await startS3Double();
  const folder = mkdtempSync(path.join(tmpdir(), 'steno-keys-'));
  const file = path.join(folder, 'credentials');
  writeFileSync(file, `[default]\naws_access_key_id = ${double.accessKeyId}\naws_secret_access_key = ${double.secretAccessKey}\n`);
  try {
    const { endpoint, region } = double;
    const s3 = {
      bucket: 'recordings',
      prefix: 'one/',
      region,
      endpoint,
      objectLock: 'none',
      credentials: { file, profile: 'default' },
    } as const;
    const outcome = await killSealing(900, 5, { s3 });
    expect(outcome.faults).toEqual([]);
    expect(outcome.sealedByTheDead).toBeGreaterThan(3);
  } finally {
    await double.close();
    rmSync(folder, { recursive: true });
  }
}, 180_000);
