import type { BodySide, BodyWindow } from '../../../shared/contract/exchange.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import { decodeBody } from '../../../shared/derived/result/read-body-text.ts';
import type { ReviewCase } from '../review-case.ts';
import { findExchange } from './find-exchange.ts';
import { findHeader, toHeaders } from './get-exchange.ts';

export type BodyRequest = {
  readonly exchangeId: string;
  readonly side: BodySide;
  readonly offset: number;
  readonly length: number;
  readonly decoded?: boolean | undefined;
};

/** What a decoded body may grow to before reading stops: a bomb is not worth its memory. */
const maxDecodedBytes = 2 * 1024 ** 3;

/** One window of a body; the body streams by, only the window is kept. Throws BODY_ABSENT, BODY_NOT_DECODED. */
export async function readBody(review: ReviewCase, request: BodyRequest): Promise<BodyWindow> {
  const { row, source } = await findExchange(review, request.exchangeId);
  const raw = await source.bundle.bodyStream(request.exchangeId, request.side);
  if (raw === undefined)
    throw new EngineError({ code: 'BODY_ABSENT', message: 'This body was not recorded, or has been taken out of the bundle.' });
  const [head] = await review.database.all('SELECT * FROM head WHERE number = $1', [row['number'] as bigint]);
  const headers = toHeaders(head?.[request.side.endsWith('request') ? 'request_headers' : 'response_headers']);
  const encoding = request.decoded === false ? undefined : findHeader(headers, 'content-encoding')?.toLowerCase();
  const stream = encoding === undefined || encoding === 'identity' ? raw : decode(raw, encoding);
  const { bytes, totalBytes } = await takeWindow(stream, request.offset, request.length);
  const contentType = findHeader(headers, 'content-type');
  return {
    ...toWindow(bytes, request.offset),
    totalBytes,
    ...(contentType === undefined ? {} : { contentType }),
    ...(stream === raw || encoding === undefined ? {} : { decodedFrom: encoding }),
  };
}

function decode(raw: AsyncIterable<Uint8Array>, encoding: string): AsyncIterable<Uint8Array> {
  const decoded = decodeBody(raw, encoding);
  if (decoded !== undefined) return decoded;
  throw new EngineError({
    code: 'BODY_NOT_DECODED',
    message: `The content encoding "${encoding}" is not known.`,
    remedy: 'Look at the raw bytes.',
  });
}

async function takeWindow(
  stream: AsyncIterable<Uint8Array>,
  offset: number,
  length: number,
): Promise<{ bytes: Buffer; totalBytes: number }> {
  const parts: Uint8Array[] = [];
  let at = 0;
  for await (const chunk of stream) {
    const from = Math.max(0, offset - at);
    const to = Math.min(chunk.length, offset + length - at);
    if (from < to) parts.push(chunk.subarray(from, to));
    at += chunk.length;
    if (at > maxDecodedBytes) break;
  }
  return { bytes: Buffer.concat(parts), totalBytes: at };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text when the window is UTF-8 but for a character cut at its borders; the answer's offset and bytes say what it holds. */
function toWindow(bytes: Buffer, offset: number): Pick<BodyWindow, 'offset' | 'bytes' | 'text' | 'base64'> {
  const start = offset === 0 ? 0 : countContinuation(bytes);
  const end = bytes.length - countCutTail(bytes);
  if (end >= start) {
    try {
      return { offset: offset + start, bytes: end - start, text: utf8.decode(bytes.subarray(start, end)) };
    } catch {
      // Not text.
    }
  }
  return { offset, bytes: bytes.length, base64: bytes.toString('base64') };
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function countContinuation(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && isContinuation(bytes[count])) count++;
  return count;
}

/** Bytes of a character that begins in the window and ends behind it. */
function countCutTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (isContinuation(byte)) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}
