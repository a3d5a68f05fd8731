import { hash } from 'node:crypto';
import { BundleError } from './bundle-error.ts';
import { bundlePaths, hasSaltsApart, INDEX_BLOCK_LINES, INDEX_META, indexBlockSchema, olderPaths } from './format.ts';
import { MIN_MEMBER_BYTES, unpackMember } from './gzip-member.ts';
import { keyOf, type PlacedBlock, renderBlock } from './index-writer.ts';
import { parseJson } from './read-evidence.ts';
import { readLineRuns } from './read-lines.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const MAX_LINE_BYTES = 65_536;
const MAX_BLOCK_BYTES = 64 * 1_048_576;

/** A line of index.idx after the first; `undefined` when it is not one of ours. */
export function parseBlockLine(line: string): PlacedBlock | undefined {
  const at = line.indexOf(' {');
  const parsed = at < 0 ? undefined : indexBlockSchema.safeParse(parseJson(line.slice(at + 1)));
  return parsed?.success ? { ...parsed.data, key: line.slice(0, at) } : undefined;
}

/** The lines of one block. Throws BundleError BUNDLE_DAMAGED unless it is the one that the list of blocks describes. */
export async function readBlock(zip: MemberArchive, index: ZipEntry, block: PlacedBlock): Promise<Buffer[]> {
  const { offset, length, digest, key } = block;
  if (length < MIN_MEMBER_BYTES || length > MAX_BLOCK_BYTES || offset + length > index.bytes) throw damaged('points outside the index');
  const packed = await zip.readAt(index, offset, length);
  if (`sha256:${hash('sha256', packed, 'hex')}` !== digest) throw damaged('does not name the blocks of the index');
  const lines = splitLines(unpack(packed));
  if (lines.length > INDEX_BLOCK_LINES) throw damaged('names a block of more lines than Steno writes');
  if (keyOf(lines[0]!.toString('utf8')) !== key) throw damaged('does not say how a block begins');
  return lines;
}

/** Whole lines; at least one. */
function splitLines(text: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(0x0a, at);
    if (end < 0 || end - at > MAX_LINE_BYTES) break;
    lines.push(text.subarray(at, end));
    at = end + 1;
  }
  if (lines.length === 0 || text.at(-1) !== 0x0a || lines.reduce((sum, line) => sum + line.length + 1, 0) !== text.length)
    throw damaged('names a block that does not consist of lines');
  return lines;
}

function unpack(packed: Buffer): Buffer {
  try {
    return unpackMember(packed, MAX_BLOCK_BYTES);
  } catch (error) {
    throw damaged('names a block that is damaged, or more than one', error);
  }
}

/** The whole index in its order, a block at a time. Throws BundleError where list and blocks do not fit each other. */
async function* indexRuns(zip: MemberArchive, list: ZipEntry, index: ZipEntry): AsyncGenerator<readonly Buffer[]> {
  let at = 0;
  let isFirst = true;
  for await (const lines of readLineRuns(zip.stream(list), MAX_LINE_BYTES, bundlePaths.indexBlocks)) {
    for (const line of lines) {
      const text = line.toString('utf8');
      if (isFirst && text !== INDEX_META) throw damaged('does not begin as Steno begins it');
      const block = isFirst ? undefined : parseBlockLine(text);
      if (!isFirst && (block === undefined || block.offset !== at || text !== renderBlock(block)))
        throw damaged('holds a line that does not fit the format');
      isFirst = false;
      if (block === undefined) continue;
      yield await readBlock(zip, index, block);
      at += block.length;
    }
  }
  if (isFirst || at !== index.bytes) throw damaged('does not name the whole index');
}

/** All lines of the index in their order; `undefined` when it is not where a bundle of this version has it. */
export function openIndex(zip: MemberArchive, formatVersion: number): AsyncIterable<readonly Buffer[]> | undefined {
  const stored = (path: string): ZipEntry | undefined => {
    const entry = zip.entries.get(path);
    return entry?.method === 'store' ? entry : undefined;
  };
  if (!hasSaltsApart(formatVersion)) {
    const index = stored(olderPaths.index);
    return index && readLineRuns(zip.stream(index), MAX_LINE_BYTES, olderPaths.index);
  }
  const [list, index] = [stored(bundlePaths.indexBlocks), stored(bundlePaths.index)];
  return list && index && indexRuns(zip, list, index);
}

const damaged = (what: string, cause?: unknown): BundleError =>
  new BundleError('BUNDLE_DAMAGED', `${bundlePaths.indexBlocks} ${what}. Fetch the bundle again from whoever exported it.`, { cause });
