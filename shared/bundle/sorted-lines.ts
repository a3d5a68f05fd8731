import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

/** What is left to halve is read at once, by a reader of twice as much. */
const BLOCK_BYTES = 32_768;
export const MAX_LINE_BYTES = 65_536;
const PROBE_BYTES = 2_048;

/** In a member of sorted lines, where a line begins at or before the first one of the key, and not far from it. */
export async function findStart(zip: MemberArchive, sorted: ZipEntry, key: string): Promise<number> {
  let low = 0;
  let high = sorted.bytes;
  while (high - low > BLOCK_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const line = await lineAfter(zip, sorted, middle);
    if (line === undefined || line.text.slice(0, key.length) >= key) high = middle;
    else low = line.start;
  }
  return low;
}

/** The first whole line that begins after `offset`; lines are mostly far shorter than they may be. */
async function lineAfter(zip: MemberArchive, sorted: ZipEntry, offset: number): Promise<{ text: string; start: number } | undefined> {
  for (const length of [PROBE_BYTES, MAX_LINE_BYTES]) {
    const bytes = await zip.readAt(sorted, offset, length);
    const before = bytes.indexOf(0x0a);
    const end = before < 0 ? -1 : bytes.indexOf(0x0a, before + 1);
    if (end >= 0) return { text: bytes.toString('utf8', before + 1, end), start: offset + before + 1 };
  }
  return undefined;
}
