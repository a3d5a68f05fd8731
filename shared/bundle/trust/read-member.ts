import type { ZipArchive } from '../zip-archive.ts';

const SMALL_BYTES = 16 * 1_048_576;

/** `undefined` when the file is missing, unreadable or too large. */
export async function readMember(zip: ZipArchive, path: string): Promise<Buffer | undefined> {
  const entry = zip.entries.get(path);
  return entry === undefined || entry.bytes > SMALL_BYTES ? undefined : await zip.read(entry, SMALL_BYTES).catch(() => undefined);
}
