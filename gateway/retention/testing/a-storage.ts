import type { Config } from '../../config.ts';
import { openS3UnderTest } from '../../store/testing/open-s3-under-test.ts';
import type { S3Double } from '../../store/testing/s3-double.ts';

export type AStorage = {
  /** As configured. */
  readonly storage: Config['storage'];
  /** Of a bucket. */
  readonly double: S3Double | undefined;
  close(): Promise<void>;
};

/** A folder; buckets whose Object Lock keeps what is locked; one where Steno has to. */
export const stores = ['a folder', 'a bucket in compliance mode', 'a bucket in governance mode', 'a bucket without locks'] as const;
export type StoreKind = (typeof stores)[number];

export async function aStorage(kind: StoreKind): Promise<AStorage> {
  if (kind === 'a folder') return { storage: undefined, double: undefined, close: async () => undefined };
  const objectLock = kind === 'a bucket without locks' ? 'none' : kind === 'a bucket in governance mode' ? 'governance' : 'compliance';
  const under = await openS3UnderTest({ objectLock: objectLock !== 'none' }, { objectLock });
  await under.store.close();
  return { storage: { s3: under.settings }, double: under.double, close: () => under.close() };
}
