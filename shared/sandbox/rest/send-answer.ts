import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { FieldMask } from '../../bigquery/partial-response.ts';
import type { Answer } from './answer.ts';
import { createFaultTransform, type Fault, FaultCut } from './faults.ts';
import { serializeBody, serializePage } from './serialize-answer.ts';

export type Delivery = {
  readonly requestHeaders: IncomingHttpHeaders;
  /** The request's `fields`; absent: all of them. */
  readonly mask?: FieldMask | undefined;
  readonly fault?: Fault | undefined;
};

/** Bodies below this are not worth compressing. Bytes. */
const minGzipBytes = 1_024;

/** Sends an answer with back-pressure. Resolves when the last byte is handed to the system, or the connection is gone. */
export async function sendAnswer(response: ServerResponse, answer: Answer, delivery: Delivery): Promise<void> {
  const { mask = 'all', fault } = delivery;
  const status = answer.status ?? 200;
  const isGzip = acceptsGzip(delivery.requestHeaders) || fault?.kind === 'truncated-gzip';
  const headers = { 'cache-control': 'private', vary: 'Origin, X-Origin, Referer', ...answer.headers };
  const isStream = answer.page !== undefined && !isFramingFault(fault);
  if (!isStream && !isBytesFault(fault)) {
    sendWhole(response, status, headers, await toText(answer, mask), isGzip, fault);
    return;
  }
  const encoding = isGzip ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(status, { ...headers, 'content-type': jsonType, ...encoding });
  const transforms = [isGzip ? createGzip({ level: 1 }) : undefined, fault && createFaultTransform(fault)];
  await sendStream(
    response,
    Readable.from(toChunks(answer, mask)),
    transforms.filter((each) => each !== undefined),
  );
}

const jsonType = 'application/json; charset=UTF-8';

const isBytesFault = (fault: Fault | undefined): boolean => fault !== undefined && ['stall', 'cut', 'slow'].includes(fault.kind);

/** These say something about the whole body, so it is put together first. */
const isFramingFault = (fault: Fault | undefined): boolean => fault?.kind === 'wrong-length' || fault?.kind === 'truncated-gzip';

async function toText(answer: Answer, mask: FieldMask): Promise<string | undefined> {
  if (answer.page === undefined) return serializeBody(answer, mask);
  let text = '';
  for await (const chunk of serializePage(answer.body ?? {}, answer.page, mask)) text += chunk;
  return text;
}

function acceptsGzip(headers: IncomingHttpHeaders): boolean {
  const accepted = String(headers['accept-encoding'] ?? '');
  return accepted.split(',').some((each) => /^\s*(gzip|x-gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(each));
}

async function* toChunks(answer: Answer, mask: FieldMask): AsyncGenerator<Buffer> {
  if (answer.page === undefined) {
    yield Buffer.from(serializeBody(answer, mask) ?? '');
    return;
  }
  for await (const text of serializePage(answer.body ?? {}, answer.page, mask)) yield Buffer.from(text);
}

async function sendStream(response: ServerResponse, source: Readable, transforms: readonly Transform[]): Promise<void> {
  try {
    await pipeline([source, ...transforms, response]);
  } catch (error) {
    // The status line is out: a reset is the only honest way to say that the rest is missing.
    response.socket?.resetAndDestroy?.();
    if (!(error instanceof FaultCut) && !isPrematureClose(error)) throw error;
  }
}

const isPrematureClose = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';

type Headers = Readonly<Record<string, string>>;

function sendWhole(
  response: ServerResponse,
  status: number,
  headers: Headers,
  text: string | undefined,
  isGzip: boolean,
  fault?: Fault,
): void {
  if (text === undefined) {
    response.writeHead(status, { ...headers, ...(status === 204 || status === 304 ? {} : { 'content-length': '0' }) }).end();
    return;
  }
  const plain = Buffer.from(text);
  const useGzip = isGzip && (plain.byteLength >= minGzipBytes || fault?.kind === 'truncated-gzip');
  const whole = useGzip ? gzipSync(plain, { level: 1 }) : plain;
  const body = fault?.kind === 'truncated-gzip' ? whole.subarray(0, -fault.dropBytes) : whole;
  const extraBytes = fault?.kind === 'wrong-length' ? fault.extraBytes : 0;
  response.writeHead(status, {
    ...headers,
    'content-type': jsonType,
    'content-length': String(body.byteLength + extraBytes),
    ...(useGzip ? { 'content-encoding': 'gzip' } : {}),
  });
  if (extraBytes === 0) response.end(body);
  else response.write(body, () => response.socket?.end());
}
