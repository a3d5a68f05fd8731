import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { S3Config } from '../config-storage.ts';
import { type Digest, hashFile } from './durable-file.ts';
import { explained, explainS3Failure } from './explain-s3-failure.ts';
import { mapAhead } from './map-ahead.ts';
import { isLocked, type Lock, newFacts, strengthen } from './object-lock.ts';
import { checkObjectName, checkPrefix, isObjectName } from './object-name.ts';
import {
  ObjectDamaged,
  ObjectExists,
  type ObjectFacts,
  ObjectLocked,
  ObjectMissing,
  type ObjectRange,
  type PutOptions,
  type RecordingStore,
} from './recording-store.ts';
import { type Patience, S3Bucket } from './s3-bucket.ts';
import { isAccessDenied, isGarbled, isNotFound, isTaken, type S3Failure, toS3Failure } from './s3-failure.ts';
import { KeptLocks } from './s3-kept-locks.ts';
import { BucketLocks, type Locks, requireObjectLock } from './s3-locks.ts';
import { readS3 } from './s3-read.ts';
import { abortAbandonedUploads, upload } from './s3-upload.ts';
import { type Located, type Versions, versionsOf } from './s3-versions.ts';

const ATTEMPTS = 8;
const LIST_AHEAD = 16;

/** Throws StoreUnavailable unless the bucket is there, may be used, and can lock if the configuration wants that. */
export async function openS3Store(settings: S3Config, patience?: Patience): Promise<RecordingStore> {
  const bucket = new S3Bucket(settings, patience);
  try {
    return await explainS3Failure(bucket.name, () => connect(bucket));
  } catch (error) {
    bucket.close();
    throw error;
  }
}

async function connect(bucket: S3Bucket): Promise<RecordingStore> {
  const versions = await versionsOf(bucket);
  const locks = bucket.settings.objectLock === 'none' ? new KeptLocks(bucket, versions) : new BucketLocks(bucket);
  if (locks instanceof BucketLocks) await requireObjectLock(bucket);
  await abortAbandonedUploads(bucket);
  return new S3Store(bucket, versions, locks);
}

type Found = { readonly facts: ObjectFacts; readonly located: Located; readonly etag: string | undefined };

class S3Store implements RecordingStore {
  readonly #bucket: S3Bucket;
  readonly #versions: Versions;
  readonly #locks: Locks;

  constructor(bucket: S3Bucket, versions: Versions, locks: Locks) {
    this.#bucket = bucket;
    this.#versions = versions;
    this.#locks = locks;
  }

  async put(name: string, file: string, options: PutOptions = {}): Promise<ObjectFacts> {
    checkObjectName(name);
    const digest = await hashFile(file);
    return this.#explain(async () => {
      for (let attempt = 1; ; attempt += 1) {
        const found = await this.#find(name);
        if (found !== undefined) return this.#match(found, digest, options);
        if (await this.#create(name, file, digest, options)) return newFacts(name, digest, options);
        if (attempt === ATTEMPTS) throw new ObjectExists(name);
        await sleep(Math.random() * 50 * attempt);
      }
    });
  }

  /** False when it must be looked at again: another took the name, or we did and the answer was lost, or the bytes did not arrive as they are. */
  async #create(name: string, file: string, digest: Digest, options: PutOptions): Promise<boolean> {
    await this.#locks.beforePut(name);
    try {
      const key = this.#bucket.keyOf(name);
      const versionId = await upload(this.#bucket, { key, file, digest, lock: this.#locks.headers(newFacts(name, digest, options)) });
      if (!(await this.#versions.confirm(key, versionId))) return false;
    } catch (error) {
      if (isTaken(error) || isGarbled(error)) return false;
      throw error;
    }
    await this.#locks.afterPut(name, options);
    return true;
  }

  async #match(found: Found, digest: Digest, options: PutOptions): Promise<ObjectFacts> {
    if (found.facts.sha256 !== digest.sha256) throw new ObjectExists(found.facts.name);
    return this.#change(found, (lock) => strengthen(lock, options));
  }

  async *read(name: string, range?: ObjectRange): AsyncGenerator<Uint8Array> {
    checkObjectName(name);
    const found = await this.#explain(() => this.#find(name));
    if (found === undefined) throw new ObjectMissing(name);
    const { facts, located, etag } = found;
    const { offset, length } = range ?? { offset: 0, length: facts.bytes };
    if (!(offset >= 0 && length >= 0 && offset + length <= facts.bytes)) {
      throw new RangeError(`${name} has ${facts.bytes} bytes: ${length} from ${offset} are not within.`);
    }
    const hash = createHash('sha256');
    try {
      for await (const chunk of readS3(this.#bucket, { name, located, etag }, { offset, length })) {
        if (range === undefined) hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      throw explained(this.#bucket.name, error);
    }
    if (range === undefined && hash.digest('hex') !== facts.sha256) {
      throw new ObjectDamaged(name, 'its bytes do not have the digest of those that were put');
    }
  }

  async head(name: string): Promise<ObjectFacts | undefined> {
    checkObjectName(name);
    return (await this.#explain(() => this.#find(name)))?.facts;
  }

  async #find(name: string): Promise<Found | undefined> {
    const located = await this.#versions.locate(this.#bucket.keyOf(name));
    return located === undefined ? undefined : this.#describe(name, located);
  }

  async #describe(name: string, located: Located): Promise<Found | undefined> {
    const command = new HeadObjectCommand({
      Bucket: this.#bucket.name,
      Key: located.key,
      VersionId: located.versionId,
      ChecksumMode: 'ENABLED',
    });
    const head = await this.#bucket.send(command).catch((error) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (head === undefined) return undefined;
    const lock = await this.#locks.read(name, head);
    if (lock === 'deleted') return undefined;
    const bytes = head.ContentLength ?? 0;
    const etag = head.ETag;
    const sha256 = digestIn(head) ?? (await this.#hash(name, located, bytes));
    return { facts: { name, bytes, sha256, retainUntil: lock.retainUntil, legalHold: lock.legalHold }, located, etag };
  }

  /** Of an object that was brought here without us, such as a restored backup. */
  async #hash(name: string, located: Located, bytes: number): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of readS3(this.#bucket, { name, located, etag: undefined }, { offset: 0, length: bytes })) hash.update(chunk);
    return hash.digest('hex');
  }

  async *list(prefix: string): AsyncGenerator<ObjectFacts> {
    checkPrefix(prefix);
    try {
      for await (const found of mapAhead(this.#names(prefix), LIST_AHEAD, ({ name, located }) => this.#describe(name, located))) {
        if (found !== undefined) yield found.facts;
      }
    } catch (error) {
      throw explained(this.#bucket.name, error);
    }
  }

  /** What others laid into the bucket under names that are not ours, and our own `.facts/`, is passed over. */
  async *#names(prefix: string): AsyncGenerator<{ name: string; located: Located }> {
    for await (const located of this.#versions.list(this.#bucket.keyOf(prefix))) {
      const name = located.key.slice(this.#bucket.settings.prefix.length);
      if (isObjectName(name)) yield { name, located };
    }
  }

  async retain(name: string, until: Date): Promise<void> {
    await this.#update(name, (lock) => strengthen(lock, { retainUntil: until }));
  }

  async hold(name: string, on: boolean): Promise<void> {
    await this.#update(name, (lock) => (lock.legalHold === on ? lock : { ...lock, legalHold: on }));
  }

  async #update(name: string, change: (lock: Lock) => Lock): Promise<void> {
    checkObjectName(name);
    await this.#explain(async () => {
      const found = await this.#find(name);
      if (found === undefined) throw new ObjectMissing(name);
      await this.#change(found, change);
    });
  }

  async #change({ facts, located }: Found, change: (lock: Lock) => Lock): Promise<ObjectFacts> {
    const before: Lock = { retainUntil: facts.retainUntil, legalHold: facts.legalHold };
    const after = change(before);
    if (after !== before)
      await this.#locks.change(facts.name, located, before, change).catch((error) => this.#excuse(error, facts.name, change));
    return { ...facts, ...after };
  }

  /** Someone else may have retained it for longer a moment ago, and S3 takes nothing back. */
  async #excuse(error: unknown, name: string, change: (lock: Lock) => Lock): Promise<void> {
    if (!isAccessDenied(error)) throw error;
    const now = (await this.#find(name))?.facts;
    if (now === undefined || change(now) !== now) throw error;
  }

  async delete(name: string): Promise<void> {
    checkObjectName(name);
    await this.#explain(async () => {
      const found = await this.#find(name);
      if (found !== undefined && isLocked(found.facts)) throw new ObjectLocked(name, found.facts);
      await this.#locks.beforeDelete(name);
      await this.#versions.remove(this.#bucket.keyOf(name)).catch((error) => this.#refuse(error, name));
      await this.#locks.afterDelete(name);
    });
  }

  /** S3 says AccessDenied both for a lock (its clock counts, not ours) and for a missing right. */
  async #refuse(error: unknown, name: string): Promise<never> {
    if (!isAccessDenied(error)) throw error;
    const facts = (await this.#find(name))?.facts;
    const locked = facts !== undefined && (facts.legalHold || facts.retainUntil !== undefined);
    if (locked || isAboutLock(toS3Failure(error)))
      throw new ObjectLocked(name, facts ?? { retainUntil: undefined, legalHold: false }, { cause: error });
    throw error;
  }

  async close(): Promise<void> {
    this.#bucket.close();
  }

  readonly #explain = <Value>(action: () => Promise<Value>): Promise<Value> => explainS3Failure(this.#bucket.name, action);
}

/** S3's own digest of the whole, where it has one; else what we sent beside the bytes. */
function digestIn({ ChecksumSHA256, Metadata }: HeadObjectCommandOutput): string | undefined {
  if (ChecksumSHA256 !== undefined && /^[A-Za-z0-9+/]{43}=$/.test(ChecksumSHA256))
    return Buffer.from(ChecksumSHA256, 'base64').toString('hex');
  const sent = Metadata?.['sha256'];
  return sent !== undefined && /^[0-9a-f]{64}$/.test(sent) ? sent : undefined;
}

const isAboutLock = (failure: S3Failure): boolean => /object.?lock|protected|retention|legal hold|worm/i.test(failure.message);
