import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { crc32c } from './crc32c.ts';
import type { StoredObject } from './object-store.ts';

/** Buckets as folders: what somebody puts into DIRECTORY/BUCKET/… is an object, and what is written here is a file they find there. */
export class ObjectFiles {
  readonly #directory: string;
  readonly #known = new Map<string, StoredObject>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  buckets(): readonly string[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory, { withFileTypes: true })
      .filter((each) => each.isDirectory() && !each.name.startsWith('.'))
      .map(({ name }) => name);
  }

  hasBucket(bucket: string): boolean {
    return existsSync(this.#toPath(bucket, undefined));
  }

  async createBucket(bucket: string): Promise<void> {
    await mkdir(this.#toPath(bucket, undefined), { recursive: true });
  }

  deleteBucket(bucket: string): void {
    rmSync(this.#toPath(bucket, undefined), { recursive: true, force: true });
  }

  async take(bucket: string, name: string, from: string): Promise<string> {
    const path = this.#toPath(bucket, name);
    await mkdir(dirname(path), { recursive: true });
    await rename(from, path);
    return path;
  }

  get(bucket: string, name: string): StoredObject | undefined {
    const path = this.#toPath(bucket, name);
    return existsSync(path) && statSync(path).isFile() ? this.#describe(bucket, name, path) : undefined;
  }

  list(bucket: string): readonly StoredObject[] {
    const folder = this.#toPath(bucket, undefined);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => this.#describe(bucket, relative(folder, path).split(sep).join('/'), path));
  }

  delete(bucket: string, name: string): void {
    rmSync(this.#toPath(bucket, name), { force: true });
  }

  /** The same object as long as its file is. */
  #describe(bucket: string, name: string, path: string): StoredObject {
    const { mtimeMs, size } = statSync(path);
    const generation = String(Math.trunc(mtimeMs * 1_000));
    const known = this.#known.get(path);
    if (known?.generation === generation && known.bytes === size) return known;
    const object = new FileObject(bucket, name, path, size, generation, new Date(mtimeMs));
    this.#known.set(path, object);
    return object;
  }

  #toPath(bucket: string, name: string | undefined): string {
    const parts = [bucket, ...(name === undefined ? [] : name.split('/'))];
    if (parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0') && !part.includes('\\')))
      return join(this.#directory, ...parts);
    throw new BigQueryError({ reason: 'invalid', message: `Invalid object name: ${parts.join('/')}` });
  }
}

/** Its checksums are computed when somebody asks: loading needs none. */
class FileObject implements StoredObject {
  readonly bucket: string;
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly generation: string;
  readonly updated: Date;
  readonly contentType = 'application/octet-stream';
  #digests: { readonly md5Hash: string; readonly crc32c: string } | undefined;

  constructor(bucket: string, name: string, path: string, bytes: number, generation: string, updated: Date) {
    this.bucket = bucket;
    this.name = name;
    this.path = path;
    this.bytes = bytes;
    this.generation = generation;
    this.updated = updated;
  }

  get md5Hash(): string {
    this.#digests ??= digest(this.path);
    return this.#digests.md5Hash;
  }

  get crc32c(): string {
    this.#digests ??= digest(this.path);
    return this.#digests.crc32c;
  }
}

function digest(path: string): { readonly md5Hash: string; readonly crc32c: string } {
  const md5 = createHash('md5');
  const chunk = Buffer.alloc(1 << 20);
  const file = openSync(path, 'r');
  let crc = 0;
  try {
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      const bytes = chunk.subarray(0, count);
      md5.update(bytes);
      crc = crc32c(bytes, crc);
    }
  } finally {
    closeSync(file);
  }
  const crcBytes = Buffer.alloc(4);
  crcBytes.writeUInt32BE(crc);
  return { md5Hash: md5.digest('base64'), crc32c: crcBytes.toString('base64') };
}
