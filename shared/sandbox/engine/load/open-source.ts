import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { LoadSource } from '../engine.ts';

export type OpenSource = { readonly bytes: AsyncIterable<Uint8Array>; readonly bytesRead: () => number };

/** The plain bytes of a source; gzip is undone where the first two bytes say so. `bytesRead` counts what came in, compressed. */
export function openSource(source: LoadSource): OpenSource {
  let count = 0;
  const raw = 'path' in source ? createReadStream(source.path) : source.stream;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of raw as AsyncIterable<Uint8Array | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      count += bytes.length;
      yield bytes;
    }
  }
  return { bytes: withoutGzip(counted()), bytesRead: () => count };
}

async function* withoutGzip(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await bytes.next();
  if (first.done) return;
  const all = prepend(first.value, bytes);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) yield* all;
  else yield* Readable.from(all).pipe(createGunzip()) as AsyncIterable<Uint8Array>;
}

async function* prepend(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

const encodings: Readonly<Record<string, string>> = {
  'UTF-8': 'utf-8',
  'ISO-8859-1': 'latin1',
  'UTF-16LE': 'utf-16le',
  'UTF-16BE': 'utf-16be',
};

/** Text in pieces. Bytes that are not of the encoding become U+FFFD, as BigQuery loads them. */
export async function* decode(bytes: AsyncIterable<Uint8Array>, encoding = 'UTF-8'): AsyncGenerator<string> {
  const decoder = new TextDecoder(encodings[encoding.toUpperCase()] ?? 'utf-8');
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
