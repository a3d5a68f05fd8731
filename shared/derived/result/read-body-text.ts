import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Bundle } from '../../bundle/bundle.ts';
import type { BodySide } from '../../bundle/format.ts';

/** Far above BigQuery's largest page (10 MB of JSON, or 20 for one huge row). */
const maxBytes = 256 * 1024 * 1024;

/** A whole body as text, its content encoding undone; `undefined` when none was recorded. Throws when it is longer than any page of BigQuery's. */
export async function readBodyText(
  bundle: Bundle,
  exchangeId: string,
  side: BodySide,
  encoding: string | undefined,
): Promise<string | undefined> {
  const raw = await bundle.bodyStream(exchangeId, side);
  if (raw === undefined) return undefined;
  const decoded = decodeBody(raw, encoding);
  if (decoded === undefined) throw new Error(`the content encoding "${encoding}" is not known`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of decoded) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the body is larger than ${maxBytes} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** A body without its content encoding; `undefined` where that is not known. */
export function decodeBody(raw: AsyncIterable<Uint8Array>, encoding: string | undefined): AsyncIterable<Uint8Array> | undefined {
  if (encoding === undefined || encoding === 'identity') return raw;
  const decoder = createDecoder(encoding);
  if (decoder === undefined) return undefined;
  const source = Readable.from(raw);
  source.on('error', (error) => decoder.destroy(error));
  return source.pipe(decoder);
}

function createDecoder(encoding: string) {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : undefined;
}

/** `content-encoding` of headers as the table `head` keeps them: `[[name, value], …]`. */
export function encodingOf(headers: unknown): string | undefined {
  if (typeof headers !== 'string') return undefined;
  const pairs = JSON.parse(headers) as readonly (readonly [string, string])[];
  return pairs.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1].toLowerCase();
}
