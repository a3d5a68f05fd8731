import type { MemberArchive } from '../../shared/bundle/zip-archive.ts';
import type { ZipEntry } from '../../shared/bundle/zip-directory.ts';
import type { Recording } from '../archive/open-recording.ts';

/** A sealed recording as readers of bundles want it: nothing of it touches the disk in clear. */
export function recordingMembers(recording: Recording): MemberArchive {
  const entries = new Map(recording.manifest.files.map((file) => [file.path, toEntry(file.path, file.bytes)]));
  const stream = (entry: ZipEntry): AsyncGenerator<Buffer> => recording.read(entry.path);
  const readAt = async (entry: ZipEntry, offset: number, length: number): Promise<Buffer> => {
    const wanted = Math.max(0, Math.min(length, entry.bytes - offset));
    return wanted === 0 ? Buffer.alloc(0) : await collect(recording.read(entry.path, { offset, length: wanted }));
  };
  const read = async (entry: ZipEntry, maxBytes: number): Promise<Buffer> => {
    if (entry.bytes > maxBytes) throw new RangeError(`${entry.path} is larger than ${maxBytes} bytes`);
    return await collect(stream(entry));
  };
  return { entries, stream, readAt, read };
}

const toEntry = (path: string, bytes: number): ZipEntry => ({ path, method: 'store', crc32: 0, compressedBytes: bytes, bytes, start: 0 });

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const collected: Buffer[] = [];
  for await (const piece of pieces) collected.push(Buffer.from(piece));
  return Buffer.concat(collected);
}
