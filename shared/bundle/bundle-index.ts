import { type IndexEntry, indexEntrySchema } from './format.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const BLOCK_BYTES = 4_096;
const MAX_LINE_BYTES = 65_536;

export type IndexedRecord = { readonly record: IndexEntry['record']; readonly offset: number; readonly length: number };

/** `urn:uuid:EXCHANGE TIMESTAMP {…}`; `undefined` when the line is not one of ours. */
export function parseIndexLine(line: string): (IndexedRecord & { readonly exchangeId: string; readonly entry: IndexEntry }) | undefined {
  const [, exchangeId, json] = /^urn:uuid:([0-9a-f-]{36}) \d{14} (\{.*\})$/.exec(line) ?? [];
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

/** The records of one exchange, found by halving the sorted index: a few small reads, whatever the size of the bundle. */
export async function findRecords(zip: MemberArchive, index: ZipEntry, exchangeId: string): Promise<IndexedRecord[]> {
  const key = `urn:uuid:${exchangeId} `;
  let low = 0;
  let high = index.bytes;
  while (high - low > BLOCK_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const line = await lineAfter(zip, index, middle);
    if (line === undefined || line.text.slice(0, key.length) >= key) high = middle;
    else low = line.start;
  }
  return await recordsFrom(zip, index, low, key);
}

/** The first whole line that begins after `offset`. */
async function lineAfter(zip: MemberArchive, index: ZipEntry, offset: number): Promise<{ text: string; start: number } | undefined> {
  const bytes = await zip.readAt(index, offset, MAX_LINE_BYTES);
  const before = bytes.indexOf(0x0a);
  const end = before < 0 ? -1 : bytes.indexOf(0x0a, before + 1);
  return end < 0 ? undefined : { text: bytes.toString('utf8', before + 1, end), start: offset + before + 1 };
}

async function recordsFrom(zip: MemberArchive, index: ZipEntry, start: number, key: string): Promise<IndexedRecord[]> {
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
