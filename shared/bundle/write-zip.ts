import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { deflateSegments } from './deflate-segments.ts';
import { centralRecord, descriptor, endRecords, localHeader, type ZipRecord } from './zip-records.ts';

/** Stored members can be read from any place. */
export type ZipMember = { readonly path: string } & (
  | { readonly bytes: Buffer }
  | { readonly file: string; readonly method: 'store' | 'deflate' }
  /** `length`: of all that `read` yields. */
  | { readonly read: () => AsyncIterable<Uint8Array>; readonly length: number; readonly method: 'store' | 'deflate' }
);

const PIECE_BYTES = 262_144;

/** Writes a ZIP whose bytes follow from its members alone: fixed times, modes and order. Paths are ASCII. */
export async function writeZip(outputPath: string, members: readonly ZipMember[]): Promise<void> {
  const file = await open(outputPath, 'wx', 0o600);
  try {
    const output = new Output(file);
    const records: ZipRecord[] = [];
    // Each is opened when its turn has come: a store would close the connection of a reader that waits.
    for (const member of members) records.push('bytes' in member ? await writeText(output, member) : await writePieces(output, member));
    const start = output.position;
    for (const record of records) await output.write(centralRecord(record));
    await output.write(endRecords(records.length, output.position - start, start));
    await output.flush();
  } finally {
    await file.close();
  }
}

async function writeText(output: Output, { path, bytes }: { readonly path: string; readonly bytes: Buffer }): Promise<ZipRecord> {
  const sizes = { crc32: crc32(bytes), compressedBytes: bytes.length, bytes: bytes.length };
  const record: ZipRecord = { path, method: 'store', ...sizes, offset: output.position, hasDescriptor: false };
  await output.write(localHeader(record));
  await output.write(bytes);
  return record;
}

async function writePieces(output: Output, member: Exclude<ZipMember, { readonly bytes: Buffer }>): Promise<ZipRecord> {
  const { path, method } = member;
  const draft = { path, method, crc32: 0, compressedBytes: 0, bytes: 0, offset: output.position, hasDescriptor: true };
  await output.write(localHeader(draft));
  const start = output.position;
  const measured = { crc32: 0, bytes: 0 };
  const pieces = measure('file' in member ? createReadStream(member.file, { highWaterMark: PIECE_BYTES }) : member.read(), measured);
  for await (const piece of method === 'store' ? pieces : deflateSegments(pieces)) await output.write(piece);
  if ('length' in member && measured.bytes !== member.length)
    throw new Error(`${path} has ${measured.bytes} bytes where ${member.length} were announced`);
  const record = { ...draft, ...measured, compressedBytes: output.position - start };
  await output.write(descriptor(record));
  return record;
}

async function* measure(pieces: AsyncIterable<Uint8Array>, into: { crc32: number; bytes: number }): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    into.crc32 = crc32(piece, into.crc32);
    into.bytes += piece.length;
    yield piece;
  }
}

/** Gathers small writes; knows where it is. */
class Output {
  readonly #file: FileHandle;
  readonly #buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #buffered = 0;
  position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.position += bytes.length;
    if (this.#buffered + bytes.length > PIECE_BYTES) await this.flush();
    if (bytes.length > PIECE_BYTES) return await this.#put(bytes);
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered += bytes.length;
  }

  async flush(): Promise<void> {
    await this.#put(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  async #put(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) at += (await this.#file.write(bytes, at)).bytesWritten;
  }
}
