import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Refusal } from '../errors.ts';

const inflate = promisify(gunzip);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The whole request body, verbatim. Refuses as soon as it is too large. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) return Promise.reject(tooLarge(limit));
  // Gone while the token was verified: no event will tell any more.
  if (request.destroyed) return Promise.reject(new ClientGone());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        request.removeAllListeners('data');
        request.resume();
        reject(tooLarge(limit));
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('close', () => reject(new ClientGone()));
    request.on('error', () => reject(new ClientGone()));
  });
}

/** The client left before it had said all. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** The JSON text of a body: UTF-8, plain or gzipped once, at most `limit` bytes when inflated. */
export async function decodeText(bytes: Uint8Array, headers: IncomingMessage['headers'], limit: number): Promise<string> {
  refuseForeignCharset(headers['content-type']);
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return decodeUtf8(bytes);
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new Refusal('REQUEST_BAD_ENCODING', { why: `Content-Encoding ${encoding.slice(0, 40)} is not offered` });
  return decodeUtf8(await inflateOnce(bytes, limit));
}

async function inflateOnce(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  try {
    return await inflate(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new Refusal('REQUEST_BAD_ENCODING', { why: 'the gzip data is damaged or incomplete' });
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw new Refusal('REQUEST_BAD_ENCODING', { why: 'it is gzipped twice, or without Content-Encoding' });
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Refusal('REQUEST_BAD_ENCODING', { why: 'it is not UTF-8' });
  }
}

function refuseForeignCharset(contentType: string | undefined): void {
  const charset = /charset\s*=\s*"?([^";,\s]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new Refusal('REQUEST_BAD_ENCODING', { why: `the charset ${charset.slice(0, 40)} is not offered` });
  }
}

const tooLarge = (limit: number): Refusal => new Refusal('REQUEST_TOO_LARGE', { limit: String(limit) });
