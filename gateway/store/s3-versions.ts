import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import type { S3Bucket } from './s3-bucket.ts';
import { isAccessDenied, S3Failure } from './s3-failure.ts';

/** One object, or one version of it where the bucket keeps versions. */
export type Located = { readonly key: string; readonly versionId?: string | undefined };

/** How names lead to bytes. */
export interface Versions {
  /** What `key` means: its first version. Undefined means that nothing is known to be missing: where there are no versions, the key is all there is. */
  locate(key: string): Promise<Located | undefined>;
  /** Whether what was just written is what `key` means. If not, someone was first and the bucket did not mind: ours is taken away again, unless it is locked. */
  confirm(key: string, versionId: string | undefined): Promise<boolean>;
  /** In order of keys. */
  list(prefix: string): AsyncIterable<Located>;
  /** Takes away every version, the first one last. */
  remove(key: string): Promise<void>;
}

/** With versioning on or suspended there may be versions; a store that knows neither answers NotImplemented. */
export async function versionsOf(bucket: S3Bucket): Promise<Versions> {
  const { Status } = await bucket.send(new GetBucketVersioningCommand({ Bucket: bucket.name })).catch((error) => {
    if (error instanceof S3Failure && error.status === 501) return { Status: undefined };
    throw error;
  });
  return Status === undefined ? new NoVersions(bucket) : new FirstVersions(bucket);
}

class NoVersions implements Versions {
  readonly #bucket: S3Bucket;

  constructor(bucket: S3Bucket) {
    this.#bucket = bucket;
  }

  async locate(key: string): Promise<Located> {
    return { key };
  }

  async confirm(): Promise<boolean> {
    return true;
  }

  async *list(prefix: string): AsyncGenerator<Located> {
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#bucket.send(new ListObjectsV2Command({ Bucket: this.#bucket.name, Prefix: prefix, ContinuationToken }));
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield { key: Key };
      ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
  }

  async remove(key: string): Promise<void> {
    await this.#bucket.send(new DeleteObjectCommand({ Bucket: this.#bucket.name, Key: key }));
  }
}

/**
 * We never write over a name, so the first version is what was put. Whoever may write to the bucket can lay versions and delete markers over it; they
 * hide nothing and change nothing here.
 */
class FirstVersions implements Versions {
  readonly #bucket: S3Bucket;

  constructor(bucket: S3Bucket) {
    this.#bucket = bucket;
  }

  async locate(key: string): Promise<Located | undefined> {
    return (await this.#all(key)).findLast((each) => !each.isMarker);
  }

  async confirm(key: string, versionId: string | undefined): Promise<boolean> {
    if (versionId === undefined || (await this.locate(key))?.versionId === versionId) return true;
    await this.#bucket.send(new DeleteObjectCommand({ Bucket: this.#bucket.name, Key: key, VersionId: versionId })).catch((error) => {
      if (!isAccessDenied(error)) throw error;
    });
    return false;
  }

  async remove(key: string): Promise<void> {
    for (const { versionId } of await this.#all(key)) {
      await this.#bucket.send(new DeleteObjectCommand({ Bucket: this.#bucket.name, Key: key, VersionId: versionId }));
    }
  }

  /** Newest first. */
  async #all(key: string): Promise<Version[]> {
    const found: Version[] = [];
    for await (const page of this.#pages(key)) {
      const versions = versionsIn(page);
      found.push(...versions.filter((each) => each.key === key));
      if (versions.some((each) => each.key > key)) break; // `a-b` follows `a`
    }
    return found;
  }

  async *list(prefix: string): AsyncGenerator<Located> {
    let last: Located | undefined;
    for await (const page of this.#pages(prefix)) {
      for (const each of versionsIn(page)) {
        if (each.isMarker) continue;
        if (last !== undefined && last.key !== each.key) yield last;
        last = each;
      }
    }
    if (last !== undefined) yield last;
  }

  async *#pages(prefix: string): AsyncGenerator<ListObjectVersionsCommandOutput> {
    let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
    while (next !== undefined) {
      const page: ListObjectVersionsCommandOutput = await this.#bucket.send(
        new ListObjectVersionsCommand({ Bucket: this.#bucket.name, Prefix: prefix, ...next }),
      );
      yield page;
      next = page.IsTruncated === true ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
    }
  }
}

type Version = Required<Located> & { readonly isMarker: boolean };

/**
 * By key, and newest first within it. S3 answers versions and markers as two lists, each in that order; how one stands to the other does not matter here,
 * since markers are left out of every look and their removal may come at any time.
 */
function versionsIn({ Versions: versions = [], DeleteMarkers: markers = [] }: ListObjectVersionsCommandOutput): Version[] {
  const toVersion = (isMarker: boolean) => (each: { Key?: string | undefined; VersionId?: string | undefined }) => ({
    key: each.Key ?? '',
    versionId: each.VersionId,
    isMarker,
  });
  return [...markers.map(toVersion(true)), ...versions.map(toVersion(false))].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
