import { createInflateRaw, inflateRawSync, constants as zlib } from 'node:zlib';
import { SEGMENT_END } from './deflate-segments.ts';
import { bundlePaths, MAX_LEAF_BYTES } from './format.ts';
import { leafHash } from './merkle-tree.ts';
import { parseLeaf } from './parse-record.ts';
import { parseJsonLine, type ReadLeaf } from './read-evidence.ts';
import { readLineRuns } from './read-lines.ts';
import { upgradeRecord } from './upgrade-record.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

/** Compressed bytes that are looked through for the beginning of a segment, and those of which the first line is unpacked. */
const WINDOW_BYTES = 262_144;
const FIRST_BYTES = 32_768;
const PIECE_BYTES = 131_072;

/**
 * The leaf number `seq`, out of a member packed in segments by halving it: a few small reads, whatever the size of the bundle. In one stream, as older
 * releases wrote it, it is read up to the leaf. `undefined`: there is none, or it does not fit the format.
 */
export async function findLeaf(zip: MemberArchive, formatVersion: number, seq: number): Promise<ReadLeaf | undefined> {
  const entry = zip.entries.get(bundlePaths.leaves);
  if (entry === undefined) return undefined;
  const from = entry.method === 'store' ? 0 : await segmentBefore(zip, entry, seq);
  let next: number | undefined;
  for await (const lines of readLineRuns(contentFrom(zip, entry, from), MAX_LEAF_BYTES, entry.path)) {
    next ??= seqOf(lines[0]!);
    // Leaves are numbered without gaps.
    if (next === undefined || next > seq) return undefined;
    const line = lines[seq - next];
    if (line !== undefined) return seqOf(line) === seq ? toLeaf(line, formatVersion) : undefined;
    next += lines.length;
  }
  return undefined;
}

function toLeaf(line: Buffer, formatVersion: number): ReadLeaf | undefined {
  const leaf = parseLeaf(upgradeRecord(parseJsonLine(line), formatVersion));
  return leaf === undefined ? undefined : { leaf, leafHash: leafHash(line) };
}

/** Where, among the compressed bytes, the last segment begins whose first leaf is not after `seq`, or one shortly before it. */
async function segmentBefore(zip: MemberArchive, entry: ZipEntry, seq: number): Promise<number> {
  let [low, high] = [0, entry.compressedBytes];
  while (high - low > PIECE_BYTES) {
    const middle = low + Math.floor((high - low) / 2);
    const found = await segmentAfter(zip, entry, middle, high);
    if (found === undefined) high = middle;
    else if (found.seq <= seq) low = found.begin;
    else high = middle;
  }
  return low;
}

/** The first segment that begins at `from` or later, and the leaf it begins with. */
async function segmentAfter(zip: MemberArchive, entry: ZipEntry, from: number, until: number) {
  const window = await zip.readAt(entry, from, Math.min(WINDOW_BYTES, until - from));
  for (let at = window.indexOf(SEGMENT_END); at >= 0; at = window.indexOf(SEGMENT_END, at + 1)) {
    const begin = at + SEGMENT_END.length;
    const seq = firstSeq(await zip.readAt(entry, from + begin, FIRST_BYTES));
    // Four bytes that look like an end may stand anywhere.
    if (seq !== undefined) return { begin: from + begin, seq };
  }
  return undefined;
}

function firstSeq(packed: Buffer): number | undefined {
  try {
    const text = inflateRawSync(packed, { finishFlush: zlib.Z_SYNC_FLUSH });
    const end = text.indexOf('\n');
    return end < 0 ? undefined : seqOf(text.subarray(0, end));
  } catch {
    return undefined;
  }
}

async function* contentFrom(zip: MemberArchive, entry: ZipEntry, from: number): AsyncGenerator<Buffer> {
  if (entry.method === 'store') return yield* zip.stream(entry);
  const inflate = createInflateRaw({ chunkSize: PIECE_BYTES });
  const feeding = feed(zip, entry, from, inflate);
  feeding.catch((error: Error) => inflate.destroy(error));
  try {
    for await (const piece of inflate) yield piece as Buffer;
  } finally {
    inflate.destroy();
  }
}

async function feed(zip: MemberArchive, entry: ZipEntry, from: number, inflate: ReturnType<typeof createInflateRaw>): Promise<void> {
  for (let at = from; at < entry.compressedBytes && !inflate.destroyed; at += PIECE_BYTES) {
    if (inflate.write(await zip.readAt(entry, at, PIECE_BYTES))) continue;
    await new Promise((resolve) => inflate.once('drain', resolve).once('close', resolve));
  }
  inflate.end();
}

function seqOf(line: Buffer): number | undefined {
  const seq = (parseJsonLine(line) as { readonly seq?: unknown } | undefined)?.seq;
  return typeof seq === 'number' ? seq : undefined;
}
