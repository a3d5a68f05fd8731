import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { isLocked, type Lock, strengthen } from './object-lock.ts';
import { ObjectDamaged, ObjectLocked, ObjectMissing, type PutOptions, StoreUnavailable } from './recording-store.ts';
import { encryptionHeaders, type S3Bucket } from './s3-bucket.ts';
import { isNotFound, isTaken } from './s3-failure.ts';
import type { Locks } from './s3-locks.ts';
import { readSmall } from './s3-read.ts';
import type { LockHeaders } from './s3-upload.ts';
import type { Located, Versions } from './s3-versions.ts';

const ATTEMPTS = 20;
/** A deletion that has not ended by then never will; the next who deletes or writes ends it. */
const DELETION_MS = 60_000;

const shape = z.strictObject({
  retainUntil: z.iso.datetime().optional(),
  legalHold: z.literal(true).optional(),
  deletingSince: z.iso.datetime().optional(),
});

type Kept = Lock & { readonly deletingSince?: Date | undefined };
const nothing: Kept = { legalHold: false };

/**
 * For buckets without Object Lock: `.facts/NAME.json` holds the lock of NAME, each change made on the condition that nobody else made one meanwhile. A
 * deletion is announced there first, so that a hold which comes at the same moment either stops it or learns that it came too late. It binds Steno alone.
 */
export class KeptLocks implements Locks {
  readonly #bucket: S3Bucket;
  readonly #versions: Versions;

  constructor(bucket: S3Bucket, versions: Versions) {
    this.#bucket = bucket;
    this.#versions = versions;
  }

  headers(): LockHeaders {
    return {};
  }

  async read(name: string): Promise<Lock | 'deleted'> {
    const { kept } = await this.#get(name);
    return kept.deletingSince === undefined ? kept : 'deleted';
  }

  async afterPut(name: string, lock: PutOptions): Promise<void> {
    if (lock.retainUntil === undefined && lock.legalHold !== true) return;
    await this.#update(name, (kept) => {
      if (kept.deletingSince !== undefined) throw new ObjectMissing(name);
      return strengthen(kept, lock);
    });
  }

  async change(name: string, _located: Located, _before: Lock, change: (lock: Lock) => Lock): Promise<void> {
    await this.#update(name, (kept) => {
      if (kept.deletingSince !== undefined) throw new ObjectMissing(name);
      return change(kept);
    });
  }

  async beforeDelete(name: string): Promise<void> {
    await this.#update(name, (kept) => {
      if (isLocked(kept)) throw new ObjectLocked(name, kept);
      return { ...kept, deletingSince: new Date() };
    });
  }

  async afterDelete(name: string): Promise<void> {
    await this.#versions.remove(this.#keyOf(name));
  }

  async beforePut(name: string): Promise<void> {
    const { deletingSince } = (await this.#get(name)).kept;
    if (deletingSince === undefined) return;
    if (deletingSince.getTime() > Date.now() - DELETION_MS) {
      throw new StoreUnavailable(`${name} is being deleted at this moment`, `Write it again after ${DELETION_MS / 1000} s.`);
    }
    await this.#versions.remove(this.#bucket.keyOf(name));
    await this.afterDelete(name);
  }

  async #update(name: string, change: (kept: Kept) => Kept): Promise<void> {
    let refused: string | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const { kept, etag } = await this.#get(name);
      const next = change(kept);
      if (next === kept) return;
      try {
        // Refused though nobody changed it: this S3 (Ceph up to 16) does not know the quotes that an entity tag has in HTTP.
        return await this.#set(name, next, etag !== undefined && etag === refused ? etag.replaceAll('"', '') : etag);
      } catch (error) {
        refused = etag;
        if (!isTaken(error) || attempt === ATTEMPTS) throw error;
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }

  async #get(name: string): Promise<{ kept: Kept; etag: string | undefined }> {
    try {
      const { text, etag } = await readSmall(this.#bucket, this.#keyOf(name));
      return { kept: parse(name, text), etag };
    } catch (error) {
      if (isNotFound(error)) return { kept: nothing, etag: undefined };
      throw error;
    }
  }

  async #set(name: string, { retainUntil, legalHold, deletingSince }: Kept, etag: string | undefined): Promise<void> {
    const facts = { retainUntil, legalHold: legalHold || undefined, deletingSince };
    const command = new PutObjectCommand({
      Bucket: this.#bucket.name,
      Key: this.#keyOf(name),
      Body: JSON.stringify(facts),
      ContentType: 'application/json',
      ...encryptionHeaders(this.#bucket.settings),
      ...(etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag }),
    });
    await this.#bucket.send(command);
  }

  readonly #keyOf = (name: string): string => this.#bucket.keyOf(`.facts/${name}.json`);
}

function parse(name: string, text: string): Kept {
  try {
    const { retainUntil, legalHold, deletingSince } = shape.parse(JSON.parse(text));
    const toDate = (moment: string | undefined) => (moment === undefined ? undefined : new Date(moment));
    return { retainUntil: toDate(retainUntil), legalHold: legalHold === true, deletingSince: toDate(deletingSince) };
  } catch (error) {
    throw new ObjectDamaged(name, 'what is kept of its retention is not what was written', { cause: error });
  }
}
