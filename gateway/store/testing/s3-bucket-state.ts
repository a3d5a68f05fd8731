import { randomUUID } from 'node:crypto';
import type { Blob, Received } from './s3-blob.ts';
import { badRequest, lockedAway, noSuchKey, S3Refusal, taken } from './s3-refusal.ts';

export type Retention = { readonly mode: 'COMPLIANCE' | 'GOVERNANCE'; readonly until: number };
export type NewObject = {
  readonly blob: Blob;
  readonly etag: string;
  readonly checksum?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly retention?: Retention | undefined;
  readonly hold: boolean;
};
export type Version = Omit<NewObject, 'retention' | 'hold'> & {
  readonly key: string;
  readonly versionId: string;
  readonly isMarker: boolean;
  readonly at: number;
  retention: Retention | undefined;
  hold: boolean;
};
export type MultipartUpload = {
  readonly key: string;
  readonly started: number;
  readonly object: Omit<NewObject, 'blob' | 'etag'>;
  readonly parts: Map<number, Received>;
};
export type Condition = { readonly ifNoneMatch?: string | undefined; readonly ifMatch?: string | undefined };
export type BucketOptions = { readonly versioning?: 'Enabled' | 'Suspended' | undefined; readonly objectLock?: boolean | undefined };

const nothing: Blob = { files: [], bytes: 0 };

/** A bucket's objects and what S3's rules allow with them. */
export class BucketState {
  readonly versioning: 'Enabled' | 'Suspended' | undefined;
  readonly objectLock: boolean;
  readonly uploads = new Map<string, MultipartUpload>();
  readonly #now: () => number;
  /** Newest first. */
  readonly #objects = new Map<string, Version[]>();

  constructor({ versioning, objectLock = false }: BucketOptions, now: () => number) {
    this.versioning = objectLock ? 'Enabled' : versioning;
    this.objectLock = objectLock;
    this.#now = now;
  }

  /** All versions and markers, by key, newest first. */
  all(prefix: string): Version[] {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    return keys.flatMap((key) => this.#objects.get(key) ?? []);
  }

  newest(key: string): Version | undefined {
    return this.#objects.get(key)?.[0];
  }

  current(key: string): Version | undefined {
    const newest = this.newest(key);
    return newest?.isMarker === true ? undefined : newest;
  }

  find(key: string, versionId: string | null): Version {
    const found = versionId === null ? this.current(key) : this.#objects.get(key)?.find((each) => each.versionId === versionId);
    if (found === undefined)
      throw versionId === null ? noSuchKey() : new S3Refusal(404, 'NoSuchVersion', 'The specified version does not exist.');
    if (found.isMarker) throw new S3Refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
    return found;
  }

  check(key: string, { ifNoneMatch, ifMatch }: Condition): void {
    const current = this.current(key);
    if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw new S3Refusal(501, 'NotImplemented', 'If-None-Match takes * only');
    if (ifNoneMatch === '*' && current !== undefined) throw taken();
    if (ifMatch === undefined) return;
    if (current === undefined) throw noSuchKey();
    if (current.etag !== ifMatch) throw taken();
  }

  checkLock(retention: Retention | undefined, hold: boolean): void {
    if ((retention !== undefined || hold) && !this.objectLock) throw badRequest('Bucket is missing Object Lock Configuration');
    if (retention !== undefined && retention.until <= this.#now()) {
      throw new S3Refusal(400, 'InvalidArgument', 'The retain until date must be in the future!');
    }
  }

  add(key: string, object: NewObject, condition: Condition): Version {
    this.check(key, condition);
    return this.#push(key, { ...object, retention: object.retention, key, isMarker: false });
  }

  #push(key: string, version: Omit<Version, 'versionId' | 'at'>): Version {
    const keeps = this.versioning === 'Enabled';
    const added = { ...version, at: this.#now(), versionId: keeps ? randomUUID().replaceAll('-', '') : 'null' };
    const older = (this.#objects.get(key) ?? []).filter((each) => keeps || each.versionId !== 'null');
    this.#objects.set(key, [added, ...older]);
    return added;
  }

  delete(key: string, versionId: string | null): void {
    if (versionId === null && this.versioning !== undefined) {
      this.#push(key, { key, blob: nothing, etag: '', headers: {}, retention: undefined, hold: false, isMarker: true });
      return;
    }
    const versions = this.#objects.get(key) ?? [];
    const target = versionId === null ? versions[0] : versions.find((each) => each.versionId === versionId);
    if (target === undefined) return;
    if (target.hold || (target.retention !== undefined && target.retention.until > this.#now())) throw lockedAway();
    const left = versions.filter((each) => each !== target);
    if (left.length === 0) this.#objects.delete(key);
    else this.#objects.set(key, left);
  }

  /** Nobody here has the right to bypass governance. */
  retain(version: Version, retention: Retention): void {
    this.checkLock(retention, false);
    const before = version.retention;
    const running = before !== undefined && before.until > this.#now();
    if (running && (retention.until < before.until || (before.mode === 'COMPLIANCE' && retention.mode !== 'COMPLIANCE')))
      throw lockedAway();
    version.retention = retention;
  }
}
