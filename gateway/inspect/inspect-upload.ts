import type { IncomingMessage } from 'node:http';
import { Refusal } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import { inspectJson, type Limits, parseJson } from './inspect.ts';
import { ClientGone, decodeText, readBody } from './read-body.ts';

const maximumFirstPart = 2 ** 20;

/** The inspect stage of uploads: the job's configuration is read and judged, the media passes by. Fills what `inspect` does, and `upload`. */
export async function inspectUpload(exchange: Exchange, limits: Limits): Promise<void> {
  const { upload, uploadId } = exchange.call!;
  if (uploadId !== undefined) return inspectChunk(exchange);
  if (upload === 'resumable') return inspectBeginning(exchange, limits);
  if (upload === 'multipart') return inspectMultipart(exchange, limits);
  throw new Refusal('REQUEST_MALFORMED', {
    why: 'A simple upload carries no job configuration: use uploadType=multipart or uploadType=resumable',
  });
}

/** A chunk of an upload that began before: nothing to read in it. Whose it is was asked already. */
function inspectChunk(exchange: Exchange): void {
  const { request } = exchange;
  exchange.body = { bytes: new Uint8Array(), contentType: request.headers['content-type'], dropped: [] };
  exchange.upload = { before: Buffer.alloc(0), after: Buffer.alloc(0), length: declaredLength(request) };
}

async function inspectBeginning(exchange: Exchange, limits: Limits): Promise<void> {
  const bytes = await readBody(exchange.request, limits.requestBodyBytes);
  exchange.body = { bytes, contentType: exchange.request.headers['content-type'], dropped: [] };
  const text = await decodeText(bytes, exchange.request.headers, limits.requestBodyBytes);
  inspectJson(exchange, parseJson(text), limits);
}

async function inspectMultipart(exchange: Exchange, limits: Limits): Promise<void> {
  const { request } = exchange;
  const contentType = request.headers['content-type'];
  const boundary = /^multipart\/related\s*;.*\bboundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i
    .exec(contentType ?? '')
    ?.slice(1)
    .find(Boolean);
  if (boundary === undefined) throw malformed('the Content-Type is not multipart/related with a boundary');
  if (request.headers['content-encoding'] !== undefined) throw malformed('an encoded multipart body is not offered');
  const { bytes, start, end } = await readFirstPart(request, boundary);
  exchange.body = { bytes, contentType, dropped: [] };
  inspectJson(exchange, parseJson(await decodeText(bytes.subarray(start, end), {}, maximumFirstPart)), limits);
  exchange.upload = {
    before: bytes.subarray(0, start),
    after: bytes.subarray(end),
    length: declaredLength(request),
    replaced: end - start,
  };
}

/** Reads just far enough to have the whole first part; the rest stays in the request. `start` and `end` frame its JSON. */
async function readFirstPart(
  request: IncomingMessage,
  boundary: string,
): Promise<{ readonly bytes: Buffer; readonly start: number; readonly end: number }> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const found = frame(bytes, boundary);
    if (found !== undefined) return { bytes, ...found };
    if (bytes.length > maximumFirstPart) throw malformed(`the first part is larger than ${maximumFirstPart} bytes`);
    const chunk = await nextChunk(request);
    if (chunk === undefined) throw malformed('the body ends within the first part');
    bytes = Buffer.concat([bytes, chunk]);
  }
}

/** Lines end with CRLF (RFC 2046 §4.1.1), or all with LF, as Python's googleapiclient writes them and BigQuery takes them. */
function frame(bytes: Buffer, boundary: string): { readonly start: number; readonly end: number } | undefined {
  const opening = bytes.indexOf(`--${boundary}`);
  if (opening < 0) return undefined;
  if (opening > 4) throw malformed('the body does not begin with its boundary');
  const lineEnd = bytes.indexOf('\n', opening);
  if (lineEnd < 0) return undefined;
  const newline = bytes[lineEnd - 1] === 0x0d ? '\r\n' : '\n';
  const headersEnd = bytes.indexOf(newline + newline, opening);
  if (headersEnd < 0) return undefined;
  const headers = bytes.subarray(opening, headersEnd).toString('latin1');
  if (!/content-type\s*:\s*application\/json/i.test(headers)) throw malformed('the first part is not application/json');
  if (/content-transfer-encoding\s*:\s*(?!binary|8bit|7bit)/i.test(headers)) throw malformed('the first part is encoded');
  const start = headersEnd + 2 * newline.length;
  const end = bytes.indexOf(`${newline}--${boundary}`, start);
  return end < 0 ? undefined : { start, end };
}

function nextChunk(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      request.off('readable', onReadable).off('end', onEnd).off('close', onClose);
      settle();
    };
    const onReadable = (): void => {
      const chunk = request.read() as Buffer | null;
      if (chunk !== null) done(() => resolve(chunk));
    };
    const onEnd = (): void => done(() => resolve(undefined));
    const onClose = (): void => done(() => (request.complete ? resolve(undefined) : reject(new ClientGone())));
    request.on('readable', onReadable).on('end', onEnd).on('close', onClose);
    onReadable();
    // Gone before we listened: no event will tell any more.
    if (request.destroyed) onClose();
  });
}

function declaredLength(request: IncomingMessage): number | undefined {
  const length = request.headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

const malformed = (why: string): Refusal => new Refusal('REQUEST_MALFORMED', { why: `Malformed upload: ${why}` });
