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

/** The same objects with their locks under another prefix of the bucket; as configured for it. */
export function copyPrefix({ storage, double }: AStorage, prefix: string): NonNullable<Config['storage']> {
  if (double === undefined || storage === undefined || !('s3' in storage)) throw new TypeError('only buckets have prefixes');
  const { s3 } = storage;
  for (const { key, ...version } of double.bucket.all(s3.prefix))
    if (!version.isMarker) double.bucket.add(prefix + key.slice(s3.prefix.length), version, {});
  return { s3: { ...s3, prefix } };
}
