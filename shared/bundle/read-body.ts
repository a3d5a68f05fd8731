import { BundleError } from './bundle-error.ts';
import type { IndexedRecord } from './bundle-index.ts';
import { readWarcRecord } from './warc-reader.ts';
import type { ZipArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const MAX_HEAD_BYTES = 1_048_576;
const HEAD_END = Buffer.from('\r\n\r\n');

/** The body of an archived HTTP message; `undefined` when it has none. */
export async function readBody(zip: ZipArchive, warc: ZipEntry, place: IndexedRecord): Promise<AsyncIterable<Buffer> | undefined> {
  const message = await readMessage(zip, warc, place);
  return message.bodyBytes === 0 ? undefined : message.body;
}

/** An archived HTTP message: its head as bytes, its body as it passes. */
export async function readMessage(
  zip: ZipArchive,
  warc: ZipEntry,
  place: IndexedRecord,
): Promise<{ headerText: string; head: Buffer; bodyBytes: number; body: AsyncIterable<Buffer> }> {
  const { headerText, block, blockBytes } = await readWarcRecord(zip, warc, place);
  const reader = block[Symbol.asyncIterator]();
  let read: Buffer = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const step = await reader.next();
    if (step.done || read.length > MAX_HEAD_BYTES) {
      const where = `The ${place.record} record at byte ${place.offset} of the archive`;
      throw new BundleError('BUNDLE_DAMAGED', `${where} holds no HTTP message. Fetch the bundle again from whoever exported it.`);
    }
    read = read.length === 0 ? step.value : Buffer.concat([read, step.value]);
    end = read.indexOf(HEAD_END);
  }
  const headBytes = end + HEAD_END.length;
  return { headerText, head: read.subarray(0, headBytes), bodyBytes: blockBytes - headBytes, body: rest(read.subarray(headBytes), reader) };
}

async function* rest(first: Buffer, reader: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (first.length > 0) yield first;
    for (let step = await reader.next(); !step.done; step = await reader.next()) yield step.value;
  } finally {
    await reader.return?.();
  }
}
