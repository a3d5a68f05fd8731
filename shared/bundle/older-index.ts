import { type IndexedRecord, parseIndexLine } from './bundle-index.ts';
import { findStart, MAX_LINE_BYTES } from './sorted-lines.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

/**
 * The records of one exchange in the index of versions 1 and 2, found by halving the sorted lines: a few small reads, whatever the size of the bundle. Ids are times: whoever goes
 * through exchanges in their order finds the next one in what was read for the last.
 */
export async function findOlderRecords(zip: MemberArchive, index: ZipEntry, exchangeId: string): Promise<IndexedRecord[]> {
  const key = `urn:uuid:${exchangeId} `;
  const known = windows.get(zip);
  if (known !== undefined && isWithin(known, key)) return recordsIn(known, key);
  const next = known === undefined || key < known.last ? undefined : await readWindow(zip, index, known.lastStart, true);
  if (next !== undefined && isWithin(next, key)) return recordsIn(next, key);
  return await recordsFrom(zip, index, await findStart(zip, index, key), key);
}

/** Whole lines of the index that follow each other, by exchange. */
type Window = {
  readonly lines: ReadonlyMap<string, readonly string[]>;
  readonly first: string;
  /** All lines of the first exchange are there. */
  readonly isWhole: boolean;
  readonly last: string;
  /** Where the lines of the last exchange begin: there may be more of them. */
  readonly lastStart: number;
};

const windows = new WeakMap<MemberArchive, Window>();
const KEY_LENGTH = 'urn:uuid:'.length + 36 + 1;

const isWithin = ({ first, isWhole, last }: Window, key: string): boolean => (first < key || (isWhole && first === key)) && key < last;
const recordsIn = ({ lines }: Window, key: string): IndexedRecord[] => (lines.get(key) ?? []).flatMap((line) => parseIndexLine(line) ?? []);

async function readWindow(zip: MemberArchive, index: ZipEntry, start: number, isWhole: boolean): Promise<Window | undefined> {
  const text = (await zip.readAt(index, start, MAX_LINE_BYTES)).toString('latin1');
  const lines = new Map<string, string[]>();
  let lastStart = start;
  let at = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
    const key = text.slice(at, Math.min(at + KEY_LENGTH, end));
    const own = lines.get(key);
    if (own === undefined) lastStart = start + at;
    if (own === undefined) lines.set(key, [text.slice(at, end)]);
    else own.push(text.slice(at, end));
    at = end + 1;
  }
  if (lines.size === 0) return undefined;
  const keys = [...lines.keys()];
  const window = { lines, first: keys[0]!, isWhole, last: keys.at(-1)!, lastStart };
  windows.set(zip, window);
  return window;
}

async function recordsFrom(zip: MemberArchive, index: ZipEntry, start: number, key: string): Promise<IndexedRecord[]> {
  const window = await readWindow(zip, index, start, start === 0);
  if (window !== undefined && isWithin(window, key)) return recordsIn(window, key);
  const found: IndexedRecord[] = [];
  let rest = '';
  for (let at = start; at < index.bytes; at += MAX_LINE_BYTES) {
    const lines = (rest + (await zip.readAt(index, at, MAX_LINE_BYTES)).toString('latin1')).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith(key)) {
        const parsed = parseIndexLine(line);
        if (parsed !== undefined) found.push(parsed);
      } else if (line > key) {
        return found;
      }
    }
  }
  return found;
}
