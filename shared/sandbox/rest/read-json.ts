import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BigQueryError } from '../../bigquery/error-envelope.ts';
import type { JsonObject } from './rest-call.ts';

/** Larger than any JSON BigQuery takes (10 MB), smaller than what would hurt. Bytes after decompression. */
const maxJsonBytes = 64 * 1024 * 1024;

/** The body's bytes without their content encoding. Throws `invalid` for an encoding other than gzip. */
export function decodeContent(stream: Readable, headers: IncomingHttpHeaders): Readable {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return stream;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new BigQueryError({ reason: 'badRequest', message: `Content encoding ${encoding} is not accepted: only gzip is` });
  const plain = createGunzip();
  stream.on('error', (error) => plain.destroy(error));
  return stream.pipe(plain);
}

export async function readJson(stream: Readable, headers: IncomingHttpHeaders): Promise<JsonObject> {
  return parseJsonObject(await readText(decodeContent(stream, headers)));
}

export function parseJsonObject(text: string): JsonObject {
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new BigQueryError({ reason: 'parseError', message: 'Invalid JSON payload received. Root element must be a message.' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BigQueryError({ reason: 'parseError', message: `Invalid JSON payload received. ${(error as Error).message}` });
  }
}

export async function readText(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += chunk.byteLength;
      if (bytes > maxJsonBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof BigQueryError) throw error;
    throw new BigQueryError({ reason: 'badRequest', message: `The request body could not be read: ${(error as Error).message}` });
  }
  return Buffer.concat(chunks).toString('utf8');
}

const tooLarge = (): BigQueryError =>
  new BigQueryError({ reason: 'uploadTooLarge', message: `Request payload size exceeds the limit: ${maxJsonBytes} bytes.` });
