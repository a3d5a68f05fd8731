import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { digestFile, type FileDigests } from './digest-file.ts';
import { ObjectFiles } from './object-files.ts';

export type StoredObject = FileDigests & {
  readonly bucket: string;
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
  readonly generation: string;
  readonly updated: Date;
};

/** Cloud Storage as far as load and extract need it: buckets of objects, each a file in a temporary directory that goes with the sandbox, or in one that stays. */
export type ObjectStore = {
  /** A path for a new file of ours. */
  createPath(): string;
  /** The file of `gs://bucket/name`; with a `*` in the name, of every object it matches. Throws notFound. */
  resolve(uri: string): readonly string[];
  /** Takes the file over. The bucket need not exist before. */
  put(uri: string, path: string, contentType?: string): Promise<StoredObject>;
  get(bucket: string, name: string): StoredObject | undefined;
  list(bucket: string, prefix?: string): readonly StoredObject[];
  delete(bucket: string, name: string): boolean;
  copy(from: StoredObject, bucket: string, name: string): Promise<StoredObject>;
  buckets(): readonly string[];
  createBucket(bucket: string): void | Promise<void>;
  hasBucket(bucket: string): boolean;
  deleteBucket(bucket: string): void;
  close(): Promise<void>;
};

/** `directory`: buckets are folders there, and outlive the sandbox. */
export function createObjectStore({ directory }: { readonly directory?: string | undefined } = {}): ObjectStore {
  return directory === undefined ? createVolatileStore() : createDurableStore(directory);
}

function createVolatileStore(): ObjectStore {
  let directory: string | undefined;
  const buckets = new Map<string, Map<string, StoredObject>>();
  let generation = Date.now() * 1_000;

  const createPath = (): string => {
    directory ??= mkdtempSync(join(tmpdir(), 'steno-objects-'));
    return join(directory, randomUUID());
  };
  const createBucket = (bucket: string): Map<string, StoredObject> => {
    const objects = buckets.get(bucket) ?? new Map<string, StoredObject>();
    buckets.set(bucket, objects);
    return objects;
  };
  const put = async (bucket: string, name: string, path: string, contentType = 'application/octet-stream'): Promise<StoredObject> => {
    const digests = await digestFile(path);
    generation++;
    const object = { ...digests, bucket, name, path, contentType, generation: String(generation), updated: new Date() };
    createBucket(bucket).set(name, object);
    return object;
  };
  const list = (bucket: string, prefix = ''): readonly StoredObject[] => select(buckets.get(bucket)?.values() ?? [], prefix);

  return {
    createPath,
    resolve: (uri) => resolve(uri, list),
    put(uri, path, contentType) {
      const { bucket, name } = parseUri(uri);
      return put(bucket, name, path, contentType);
    },
    get: (bucket, name) => buckets.get(bucket)?.get(name),
    list,
    delete: (bucket, name) => buckets.get(bucket)?.delete(name) ?? false,
    async copy(from, bucket, name) {
      const path = createPath();
      await copyFile(from.path, path);
      return put(bucket, name, path, from.contentType);
    },
    buckets: () => [...buckets.keys()],
    createBucket: (bucket) => void createBucket(bucket),
    hasBucket: (bucket) => buckets.has(bucket),
    deleteBucket: (bucket) => void buckets.delete(bucket),
    async close() {
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

function createDurableStore(directory: string): ObjectStore {
  const files = new ObjectFiles(directory);
  // On the same disk as the buckets, so that a finished upload is a rename.
  const incoming = join(directory, '.incoming');
  const createPath = (): string => {
    mkdirSync(incoming, { recursive: true });
    return join(incoming, randomUUID());
  };
  const put = async (bucket: string, name: string, path: string): Promise<StoredObject> => {
    await files.take(bucket, name, path);
    return files.get(bucket, name)!;
  };
  return {
    createPath,
    resolve: (uri) => resolve(uri, (bucket) => select(files.list(bucket), '')),
    put(uri, path) {
      const { bucket, name } = parseUri(uri);
      return put(bucket, name, path);
    },
    get: (bucket, name) => files.get(bucket, name),
    list: (bucket, prefix = '') => select(files.list(bucket), prefix),
    delete(bucket, name) {
      const isThere = files.get(bucket, name) !== undefined;
      files.delete(bucket, name);
      return isThere;
    },
    async copy(from, bucket, name) {
      const path = createPath();
      await copyFile(from.path, path);
      return put(bucket, name, path);
    },
    buckets: () => files.buckets(),
    createBucket: (bucket) => files.createBucket(bucket),
    hasBucket: (bucket) => files.hasBucket(bucket),
    deleteBucket: (bucket) => files.deleteBucket(bucket),
    close: () => rm(incoming, { recursive: true, force: true }),
  };
}

const select = (objects: Iterable<StoredObject>, prefix: string): readonly StoredObject[] =>
  [...objects].filter(({ name }) => name.startsWith(prefix)).sort((a, b) => (a.name < b.name ? -1 : 1));

function resolve(uri: string, list: (bucket: string) => readonly StoredObject[]): readonly string[] {
  const { bucket, name } = parseUri(uri);
  const pattern = toPattern(name);
  const found = list(bucket).filter((object) => pattern.test(object.name));
  if (found.length === 0) throw new BigQueryError({ reason: 'notFound', message: `Not found: URI ${uri}` });
  return found.map(({ path }) => path);
}

function parseUri(uri: string): { readonly bucket: string; readonly name: string } {
  // `file:///bucket/name` is the same object: the sandbox opens no other files for a client.
  const match = /^(?:gs:\/\/|file:\/\/\/)([^/]+)\/(.+)$/.exec(uri);
  if (match === null) throw new BigQueryError({ reason: 'invalid', message: `Source URI must be a Google Cloud Storage location: ${uri}` });
  return { bucket: match[1]!, name: match[2]! };
}

const toPattern = (name: string): RegExp => new RegExp(`^${name.split('*').map(escapeRegExp).join('.*')}$`, 's');

const escapeRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
