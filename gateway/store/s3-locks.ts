import {
  GetObjectLockConfigurationCommand,
  type HeadObjectCommandOutput,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import type { Lock } from './object-lock.ts';
import { type PutOptions, StoreUnavailable } from './recording-store.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { S3Failure } from './s3-failure.ts';
import type { LockHeaders } from './s3-upload.ts';
import type { Located } from './s3-versions.ts';

/** Who keeps retention and holds: the bucket (Object Lock), or a file of ours beside each object. */
export interface Locks {
  /** Sent along with a new object. */
  headers(lock: PutOptions): LockHeaders;
  /** 'deleted' while a deletion is under way. */
  read(name: string, head: HeadObjectCommandOutput): Promise<Lock | 'deleted'>;
  /** Ends a deletion that was cut short; throws StoreUnavailable while one is under way. */
  beforePut(name: string): Promise<void>;
  /** Kept already when the object was sent with `headers`, or to be written now. */
  afterPut(name: string, lock: PutOptions): Promise<void>;
  /** Makes what `change` answers durable; `before` was read a moment ago. Throws ObjectMissing if it is being deleted. */
  change(name: string, located: Located, before: Lock, change: (lock: Lock) => Lock): Promise<void>;
  /** Throws ObjectLocked if it was locked meanwhile. */
  beforeDelete(name: string): Promise<void>;
  afterDelete(name: string): Promise<void>;
}

/** Throws StoreUnavailable unless the bucket can lock: what is retained must not depend on a setting that nobody made. */
export async function requireObjectLock(bucket: S3Bucket): Promise<void> {
  const refuse = (cause?: unknown): never => {
    throw new StoreUnavailable(
      `The bucket ${bucket.name} has no Object Lock, and storage.s3.objectLock wants ${bucket.settings.objectLock}`,
      'Turn on versioning and Object Lock of the bucket (without a default retention), or set storage.s3.objectLock: none and live with retention that only Steno keeps.',
      { cause },
    );
  };
  const command = new GetObjectLockConfigurationCommand({ Bucket: bucket.name });
  const { ObjectLockConfiguration } = await bucket.send(command).catch((error) => {
    const lacking =
      error instanceof S3Failure && (error.code === 'ObjectLockConfigurationNotFoundError' || error.status === 404 || error.status === 501);
    if (lacking && error.code !== 'NoSuchBucket') return refuse(error);
    throw error;
  });
  if (ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') refuse();
}

/** S3's Object Lock, on the version that is ours. */
export class BucketLocks implements Locks {
  readonly #bucket: S3Bucket;
  readonly #mode: 'COMPLIANCE' | 'GOVERNANCE';

  constructor(bucket: S3Bucket) {
    this.#bucket = bucket;
    this.#mode = bucket.settings.objectLock === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE';
  }

  headers({ retainUntil, legalHold }: PutOptions): LockHeaders {
    return {
      ...(retainUntil === undefined ? {} : { ObjectLockMode: this.#mode, ObjectLockRetainUntilDate: retainUntil }),
      ...(legalHold === true ? { ObjectLockLegalHoldStatus: 'ON' } : {}),
    };
  }

  async read(_name: string, { ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus }: HeadObjectCommandOutput): Promise<Lock> {
    return { retainUntil: ObjectLockRetainUntilDate, legalHold: ObjectLockLegalHoldStatus === 'ON' };
  }

  async change(_name: string, { key, versionId }: Located, before: Lock, change: (lock: Lock) => Lock): Promise<void> {
    const target = { Bucket: this.#bucket.name, Key: key, VersionId: versionId };
    const after = change(before);
    if (after.retainUntil !== undefined && after.retainUntil !== before.retainUntil) {
      const Retention = { Mode: this.#mode, RetainUntilDate: after.retainUntil };
      await this.#bucket.send(new PutObjectRetentionCommand({ ...target, Retention, ChecksumAlgorithm: 'SHA256' }));
    }
    if (after.legalHold !== before.legalHold) {
      const LegalHold = { Status: after.legalHold ? 'ON' : 'OFF' } as const;
      await this.#bucket.send(new PutObjectLegalHoldCommand({ ...target, LegalHold, ChecksumAlgorithm: 'SHA256' }));
    }
  }

  async beforePut(): Promise<void> {}
  async afterPut(): Promise<void> {}
  async beforeDelete(): Promise<void> {}
  async afterDelete(): Promise<void> {}
}
