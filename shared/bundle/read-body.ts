import { BundleError } from './bundle-error.ts';
import type { IndexedRecord } from './bundle-index.ts';
import { isResource } from './warc-exchange.ts';
import { type ReadRecord, readWarcRecord } from './warc-reader.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const MAX_HEAD_BYTES = 1_048_576;
const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

type Pieces = AsyncIterable<Buffer> | readonly Buffer[];
export type ReadMessage = { readonly headerText: string; readonly head: Buffer; readonly bodyBytes: number; readonly body: Pieces };

/** The body of an archived HTTP message, or the block of a resource; `undefined` when it has none. */
export async function readBody(zip: MemberArchive, warc: ZipEntry, place: IndexedRecord): Promise<AsyncIterable<Buffer> | undefined> {
  const { bodyBytes, body } = await readMessage(await readWarcRecord(zip, warc, place), place);
  return bodyBytes === 0 ? undefined : piecesOf(body);
}

async function* piecesOf(body: Pieces): AsyncGenerator<Buffer> {
  yield* body;
}

/** An archived HTTP message: its head as bytes, its body as it passes. A resource has no head. */
export async function readMessage({ headerText, block, blockBytes }: ReadRecord, place: IndexedRecord): Promise<ReadMessage> {
  if (isResource(place.record)) return { headerText, head: NOTHING, bodyBytes: blockBytes, body: block };
  if (Array.isArray(block)) return splitMessage(headerText, block[0] ?? NOTHING, place);
  const reader = (block as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let read: Buffer = NOTHING;
  let end = -1;
  while (end < 0) {
    const step = await reader.next();
    if (step.done || read.length > MAX_HEAD_BYTES) throw noMessage(place);
    read = read.length === 0 ? step.value : Buffer.concat([read, step.value]);
    end = read.indexOf(HEAD_END);
  }
  const headBytes = end + HEAD_END.length;
  return { headerText, head: read.subarray(0, headBytes), bodyBytes: blockBytes - headBytes, body: rest(read.subarray(headBytes), reader) };
}

function splitMessage(headerText: string, whole: Buffer, place: IndexedRecord): ReadMessage {
  const end = whole.indexOf(HEAD_END);
  if (end < 0) throw noMessage(place);
  const body = whole.subarray(end + HEAD_END.length);
  return { headerText, head: whole.subarray(0, end + HEAD_END.length), bodyBytes: body.length, body: [body] };
}

function noMessage(place: IndexedRecord): BundleError {
  const where = `The ${place.record} record at byte ${place.offset} of the archive`;
  return new BundleError('BUNDLE_DAMAGED', `${where} holds no HTTP message. Fetch the bundle again from whoever exported it.`);
}

async function* rest(first: Buffer, reader: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (first.length > 0) yield first;
    for (let step = await reader.next(); !step.done; step = await reader.next()) yield step.value;
  } finally {
    await reader.return?.();
  }
}
