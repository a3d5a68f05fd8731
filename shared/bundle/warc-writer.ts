import { once } from 'node:events';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { renderWarcHeader, type WarcHeader } from './warc-header.ts';

export type WarcRecord = {
  readonly header: WarcHeader;
  /** What stands before the body: an HTTP head, or the whole block of a small record. */
  readonly head: Buffer;
  readonly body?: { readonly length: number; read(): AsyncIterable<Uint8Array> } | undefined;
};

/** Takes bytes in order; `position` counts those taken. */
export type ByteSink = { readonly position: number; write(bytes: Uint8Array): Promise<void> };

const INLINE_BYTES = 1_048_576;
const small = { level: 6, memLevel: 8 } as const;

/** WARC 1.1 (ISO 28500), one gzip member per record. Returns where the record lies. */
export async function writeWarcRecord(sink: ByteSink, record: WarcRecord): Promise<{ offset: number; length: number }> {
  const offset = sink.position;
  const bodyLength = record.body?.length ?? 0;
  const header = Buffer.from(renderWarcHeader(record.header, record.head.length + bodyLength));
  if (bodyLength <= INLINE_BYTES) await sink.write(gzipSmall(Buffer.concat([header, record.head, ...(await collect(record)), END])));
  else await gzipStreaming(sink, header, record);
  return { offset, length: sink.position - offset };
}

const END = Buffer.from('\r\n\r\n');

/** With room for what comes out: 16 KiB for each of a million small records are memory that is freed late. */
const gzipSmall = (bytes: Buffer): Buffer => gzipSync(bytes, { ...small, chunkSize: Math.min(16_384, bytes.length + 64) });

async function collect(record: WarcRecord): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of record.body?.read() ?? []) pieces.push(Buffer.from(piece));
  return pieces;
}

async function gzipStreaming(sink: ByteSink, header: Buffer, record: WarcRecord): Promise<void> {
  const pieces = record.body?.read()[Symbol.asyncIterator]();
  const first = await pieces?.next();
  const gzip = createGzip({ level: first?.done === false && packs(first.value) ? PACK_LEVEL : constants.Z_BEST_SPEED });
  const written = (async () => {
    for await (const bytes of gzip) await sink.write(bytes as Buffer);
  })();
  gzip.write(header);
  gzip.write(record.head);
  for (let step = first; step?.done === false; step = await pieces!.next()) {
    if (!gzip.write(Buffer.from(step.value))) await once(gzip, 'drain');
  }
  gzip.end(END);
  await written;
}

/** Rows take a seventh less room than at best speed, at half the speed; bodies that came packed are not packed twice. */
const PACK_LEVEL = 5;
const SAMPLE_BYTES = 65_536;

function packs(piece: Uint8Array): boolean {
  const sample = piece.subarray(0, SAMPLE_BYTES);
  return gzipSync(sample, { level: constants.Z_BEST_SPEED }).length < sample.length * 0.9;
}
