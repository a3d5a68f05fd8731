import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { RecordedExchange } from '../recorded-answers.ts';
import type { JsonObject } from '../rest-call.ts';
import { readMultipart } from '../upload/multipart-related.ts';

const headerOf = (headers: Readonly<Record<string, string>>, name: string): string =>
  Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1] ?? '';

function decode(bytes: Uint8Array, headers: Readonly<Record<string, string>>): Buffer {
  const isGzip = /^\s*(x-)?gzip\s*$/i.test(headerOf(headers, 'content-encoding'));
  return isGzip ? gunzipSync(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `{}` for what is no JSON object: such a request asked for nothing we could answer. */
function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}

/** The JSON a request carried, of a multipart upload its first part. */
export async function readRequestJson(exchange: RecordedExchange): Promise<JsonObject> {
  const bytes = await exchange.requestBody();
  if (bytes === undefined || bytes.byteLength === 0) return {};
  const plain = decode(bytes, exchange.requestHeaders);
  const contentType = headerOf(exchange.requestHeaders, 'content-type');
  return parse(/^multipart\/related/i.test(contentType) ? await readFirstPart(plain, contentType) : plain.toString('utf8'));
}

async function readFirstPart(bytes: Buffer, contentType: string): Promise<string> {
  for await (const part of readMultipart(Readable.from([bytes]), contentType)) {
    let text = '';
    for await (const chunk of part.body) text += chunk.toString('utf8');
    return text;
  }
  return '';
}

export async function readResponseText(exchange: RecordedExchange): Promise<string> {
  const bytes = await exchange.responseBody();
  return bytes === undefined ? '' : decode(bytes, exchange.responseHeaders).toString('utf8');
}

export const readResponseJson = async (exchange: RecordedExchange): Promise<JsonObject> => parse(await readResponseText(exchange));
