import { BundleError } from './bundle-error.ts';
import { bundlePaths, type IndexEntry, indexEntrySchema, olderPaths } from './format.ts';
import { parseBlockLine, readBlock } from './index-blocks.ts';
import type { PlacedBlock } from './index-writer.ts';
import { findOlderRecords } from './older-index.ts';
import { findStart, MAX_LINE_BYTES } from './sorted-lines.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

export type IndexedRecord = { readonly record: IndexEntry['record']; readonly offset: number; readonly length: number };

/** `urn:uuid:EXCHANGE TIMESTAMP {…}`; `undefined` when the line is not one of ours. */
export function parseIndexLine(line: string): (IndexedRecord & { readonly exchangeId: string; readonly entry: IndexEntry }) | undefined {
  const [, exchangeId, json] = /^urn:uuid:([0-9a-f-]{36}) \d{14}(?:\d{3})? (\{.*\})$/.exec(line) ?? [];
  const parsed = json === undefined ? undefined : indexEntrySchema.safeParse(parseJson(json));
  if (exchangeId === undefined || !parsed?.success) return undefined;
  const { record, offset, length } = parsed.data;
  return { exchangeId, record, offset: Number(offset), length: Number(length), entry: parsed.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The records of one exchange, found by halving the list of blocks: a few small reads and one block, whatever the size of the bundle. Ids are times:
 * whoever goes through exchanges in their order finds the next one in the block that was read for the last.
 */
export async function findRecords(zip: MemberArchive, exchangeId: string): Promise<IndexedRecord[]> {
  const older = zip.entries.get(olderPaths.index);
  if (older !== undefined) return await findOlderRecords(zip, stored(older), exchangeId);
  const key = `urn:uuid:${exchangeId} `;
  const known = windows.get(zip);
  if (known !== undefined && known.from < key && (known.until === undefined || key < known.until)) return recordsIn([known], key);
  const [list, index] = [stored(zip.entries.get(bundlePaths.indexBlocks)), stored(zip.entries.get(bundlePaths.index))];
  const { blocks, until } = await blocksWith(zip, list, key);
  const found: Window[] = [];
  for (const block of blocks) found.push(toWindow(await readBlock(zip, index, block), block, until));
  if (found.length === 1) windows.set(zip, found[0]!);
  return recordsIn(found, key);
}

/** The lines of a block by exchange. All lines of an exchange after `from` and before `until` are in it. */
type Window = { readonly lines: ReadonlyMap<string, readonly Buffer[]>; readonly from: string; readonly until: string | undefined };

const windows = new WeakMap<MemberArchive, Window>();
const KEY_LENGTH = 'urn:uuid:'.length + 36 + 1;

const toWindow = (lines: readonly Buffer[], { key }: PlacedBlock, until: string | undefined): Window => ({
  lines: Map.groupBy(lines, (line) => line.toString('latin1', 0, KEY_LENGTH)),
  from: key.slice(0, KEY_LENGTH),
  until,
});

const recordsIn = (found: readonly Window[], key: string): IndexedRecord[] =>
  found.flatMap(({ lines }) => lines.get(key) ?? []).flatMap((line) => parseIndexLine(line.toString('utf8')) ?? []);

/** The last block that begins before the key, those that begin with it, and how the next one begins. */
async function blocksWith(zip: MemberArchive, list: ZipEntry, key: string): Promise<{ blocks: PlacedBlock[]; until: string | undefined }> {
  let found: string[] = [];
  let rest = '';
  for (let at = await findStart(zip, list, key); at < list.bytes; at += MAX_LINE_BYTES) {
    const lines = (rest + (await zip.readAt(list, at, MAX_LINE_BYTES)).toString('latin1')).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const begin = line.slice(0, key.length);
      if (begin > key) return { blocks: parseAll(found), until: begin };
      if (begin < key) found = [line];
      else found.push(line);
    }
  }
  return { blocks: parseAll(found), until: undefined };
}

const parseAll = (lines: readonly string[]): PlacedBlock[] => lines.flatMap((line) => parseBlockLine(line) ?? []);

function stored(entry: ZipEntry | undefined): ZipEntry {
  if (entry?.method === 'store') return entry;
  throw new BundleError('BUNDLE_DAMAGED', 'The bundle has no index as Steno writes it. Fetch it again from whoever exported it.');
}
