import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { BundleError } from './bundle-error.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

const BLOCK_BYTES = 262_144;
const AHEAD_BYTES = 1_048_576;
const NOTHING = Buffer.alloc(0);

/** The members of one ZIP file, read through one descriptor. */
export class ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly #file: ReadableFile;
  #ahead: { readonly start: number; readonly bytes: Buffer } = { start: -1, bytes: NOTHING };

  private constructor(file: ReadableFile, entries: readonly ZipEntry[]) {
    this.#file = file;
    this.entries = new Map(entries.map((entry) => [entry.path, entry]));
  }

  static async open(path: string): Promise<ZipArchive> {
    const file = await openFile(path);
    try {
      return new ZipArchive(file, await readZipDirectory(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The same members for another thread of this process; good until this archive is closed. */
  share(): SharedArchive {
    return { fd: this.#file.fd, entries: [...this.entries.values()] };
  }

  static ofShared({ fd, entries }: SharedArchive): ZipArchive {
    return new ZipArchive(new SharedFile(fd), entries);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /**
   * Bytes of a stored member, or the compressed bytes of a deflated one. Fewer than asked for at the end of the member.
   * Small reads that follow each other cost one system call a mebibyte.
   */
  async readAt(entry: ZipEntry, offset: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, entry.compressedBytes - offset));
    const start = entry.start + offset;
    const ahead = this.#ahead;
    if (start >= ahead.start && start + wanted <= ahead.start + ahead.bytes.length)
      return ahead.bytes.subarray(start - ahead.start, start - ahead.start + wanted);
    const isSequential = start >= ahead.start && start <= ahead.start + ahead.bytes.length;
    if (!isSequential || wanted > AHEAD_BYTES / 4) {
      this.#ahead = { start: start + wanted, bytes: NOTHING };
      return await this.#readNow(entry, start, wanted);
    }
    const bytes = await this.#readNow(entry, start, Math.max(wanted, Math.min(AHEAD_BYTES, entry.compressedBytes - offset)));
    this.#ahead = { start, bytes };
    return bytes.subarray(0, wanted);
  }

  async #readNow(entry: ZipEntry, start: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await this.#file.read(buffer, at, length - at, start + at);
      if (bytesRead === 0) throw unreadable(entry, 'the file ends inside it');
      at += bytesRead;
    }
    return buffer;
  }

  /** The member's content. Throws BundleError BUNDLE_DAMAGED when it does not unpack to the size that the directory states. */
  async *stream(entry: ZipEntry): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const piece of entry.method === 'store' ? this.#raw(entry) : this.#inflated(entry)) {
      bytes += piece.length;
      if (bytes > entry.bytes) throw unreadable(entry, 'it unpacks to more than it should');
      yield piece;
    }
    if (bytes !== entry.bytes) throw unreadable(entry, 'it unpacks to less than it should');
  }

  /** The whole of a small member. */
  async read(entry: ZipEntry, maxBytes: number): Promise<Buffer> {
    if (entry.bytes > maxBytes) throw unreadable(entry, `it is larger than ${maxBytes} bytes`);
    const pieces: Buffer[] = [];
    for await (const piece of this.stream(entry)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *#raw(entry: ZipEntry): AsyncGenerator<Buffer> {
    for (let at = 0; at < entry.compressedBytes; at += BLOCK_BYTES) yield await this.readAt(entry, at, BLOCK_BYTES);
  }

  async *#inflated(entry: ZipEntry): AsyncGenerator<Buffer> {
    const inflate = createInflateRaw({ chunkSize: BLOCK_BYTES });
    const feeding = pipeline(this.#raw(entry), inflate);
    feeding.catch(() => undefined);
    try {
      for await (const piece of inflate) yield piece as Buffer;
      await feeding;
      if (inflate.bytesWritten !== entry.compressedBytes) throw unreadable(entry, 'there are bytes behind its end');
    } catch (error) {
      throw error instanceof BundleError ? error : unreadable(entry, 'its compressed bytes are damaged', error);
    } finally {
      inflate.destroy();
    }
  }
}

export type SharedArchive = { readonly fd: number; readonly entries: readonly ZipEntry[] };

type ReadableFile = {
  readonly fd: number;
  read(into: Buffer, at: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
};

/** A file that another thread holds open. */
class SharedFile implements ReadableFile {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  async read(into: Buffer, at: number, length: number, position: number): Promise<{ readonly bytesRead: number }> {
    return { bytesRead: readSync(this.fd, into, at, length, position) };
  }

  async close(): Promise<void> {
    // Whoever opened it closes it.
  }
}

/** Members to be read, wherever they lie: in a ZIP, or sealed in a store. */
export type MemberArchive = Pick<ZipArchive, 'entries' | 'read' | 'readAt' | 'stream'>;

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r');
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new BundleError('BUNDLE_NOT_FOUND', `${path} does not exist. Check the name.`, { cause: error });
    throw new BundleError('BUNDLE_NOT_A_BUNDLE', `${path} cannot be read. Check the name.`, { cause: error });
  }
  throw new BundleError('BUNDLE_NOT_A_BUNDLE', `${path} is not a file. Choose a .wacz file that "steno export" wrote.`);
}

const unreadable = (entry: ZipEntry, what: string, cause?: unknown): BundleError =>
  new BundleError('BUNDLE_DAMAGED', `${entry.path} is damaged: ${what}. Fetch the bundle again from whoever exported it.`, { cause });
