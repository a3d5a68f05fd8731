import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../durable/sync-directory.ts';

const CHUNK_BYTES = 1 << 20;

/** Bytes of a file from `offset` on, each chunk a buffer of its own; ends early if the file does. */
export async function* readChunks(handle: FileHandle, offset: number, length: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length - done));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset + done);
    if (bytesRead === 0) return;
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A whole file in constant memory: each block is overwritten by the next. */
export async function* readBlocks(handle: FileHandle): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(block, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

export type Digest = { readonly sha256: string; readonly bytes: number };

export async function hashFile(file: string): Promise<Digest> {
  const handle = await open(file, 'r');
  try {
    return await digestOf(handle, async () => {});
  } finally {
    await handle.close();
  }
}

/** A copy that is on the disk when resolved; its name in the folder is not yet. Never over an existing file. */
export async function copyDurably(from: string, to: string): Promise<Digest> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx', 0o400);
    try {
      const digest = await digestOf(source, (chunk, at) => writeAll(target, chunk, at));
      await target.sync();
      return digest;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function digestOf(handle: FileHandle, visit: (chunk: Buffer, at: number) => Promise<void>): Promise<Digest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of readBlocks(handle)) {
    hash.update(chunk);
    await visit(chunk, bytes);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

async function writeAll(handle: FileHandle, chunk: Buffer, at: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, at + done);
    done += bytesWritten;
  }
}

/** Replaces a small file as a whole; its folder is still to be synced. */
export async function replaceFile(temporary: string, file: string, text: string): Promise<void> {
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/** Makes folders below a root, each durable when resolved. Remembers which were, since another call may have made one a moment ago without having synced it. */
export class DurableFolders {
  readonly #root: string;
  readonly #known = new Set<string>();

  constructor(root: string) {
    this.#root = root;
    this.#known.add(root);
  }

  async make(folder: string): Promise<void> {
    if (this.#known.has(folder)) return;
    const parent = path.dirname(folder);
    if (folder.length > this.#root.length) await this.make(parent);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await syncDirectory(parent);
    this.#known.add(folder);
  }

  /** For a folder that is gone, perhaps with those around it. */
  forget(folder: string): void {
    if (folder.length <= this.#root.length) return;
    this.#known.delete(folder);
    this.forget(path.dirname(folder));
  }
}
