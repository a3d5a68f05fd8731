import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Received, readBlob, receiveBlob } from './s3-blob.ts';
import { type BucketOptions, BucketState } from './s3-bucket-state.ts';
import { type Fault, Faults } from './s3-faults.ts';
import { type Answer, nameOperation, operations } from './s3-operations.ts';
import { escapeXml, S3Refusal } from './s3-refusal.ts';
import { checkSignature } from './s3-signature.ts';

/** What S3 would know and this double was built for; any other header that steers a request is refused, so that it is noticed. */
const knownHeader =
  /^(x-amz-(content-sha256|date|user-agent|security-token|checksum-(sha256|mode|algorithm)|sdk-checksum-algorithm|meta-[a-z0-9-]+|object-lock-(mode|retain-until-date|legal-hold)|server-side-encryption(-aws-kms-key-id)?))$/;

export type S3Double = {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly faults: Faults;
  /** Each request's operation, in order of arrival. */
  readonly requests: string[];
  readonly bucket: BucketState;
  /** How far its clock is ahead. */
  skewMs: number;
  close(): Promise<void>;
};
export type S3DoubleOptions = BucketOptions & { readonly pageSize?: number; readonly bucketName?: string };

/** An S3 on loopback with one bucket, as strict as Amazon's: signatures, digests, conditions, locks and versions all count. */
export async function startS3Double({ pageSize = 1000, bucketName = 'recordings', ...options }: S3DoubleOptions = {}): Promise<S3Double> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'steno-s3-'));
  const double = {
    region: 'eu-central-1',
    accessKeyId: 'AKIADOUBLEDOUBLE0001',
    secretAccessKey: 'a-secret/that+nobody-may-see',
    faults: new Faults(),
    requests: [] as string[],
    skewMs: 0,
    bucket: undefined as unknown as BucketState,
  };
  const now = (): number => Date.now() + double.skewMs;
  double.bucket = new BucketState(options, now);

  const answer = async (request: IncomingMessage): Promise<{ answer: Answer; fault: Fault | undefined; operation: string }> => {
    const url = new URL(request.url ?? '/', 'http://double');
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const operation = nameOperation(request.method ?? '', key, url.searchParams);
    double.requests.push(operation ?? `${request.method} ${request.url}`);
    const fault = double.faults.take(operation ?? '');
    if (fault?.kind === 'refuse') throw new S3Refusal(fault.status, fault.code, 'As planned');
    checkSignature(request, double, now());
    const body = await receive(request, folder, fault);
    if (bucket !== bucketName) throw new S3Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
    const perform = operation === undefined ? undefined : operations[operation];
    const strange = Object.keys(request.headers).find((each) => each.startsWith('x-amz-') && !knownHeader.test(each));
    if (operation === undefined || perform === undefined || strange !== undefined) {
      throw new S3Refusal(501, 'NotImplemented', strange ?? `${request.method} ${request.url}`);
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const asked = { method: request.method ?? '', key, query: url.searchParams, headers, body, pageSize, now: now() };
    return { answer: await perform(double.bucket, asked), fault, operation };
  };

  const server = createServer((request, response) => {
    request.on('error', () => undefined);
    answer(request)
      .then(({ answer: given, fault }) => send(response, given, fault, now()))
      .catch((error) => refuse(request, response, error, now()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(double, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  });
}

/** The body, after comparing it with what was signed. */
async function receive(request: IncomingMessage, folder: string, fault: Fault | undefined): Promise<Received> {
  const body = await receiveBlob(folder, request, (bytes) => {
    if (fault?.kind === 'reset-request' && bytes >= fault.bytes) request.destroy();
  });
  if (fault?.kind === 'reset-request') request.destroy();
  if (fault?.kind === 'corrupt-request') body.sha256[0]! ^= 1;
  const signed = request.headers['x-amz-content-sha256'];
  if (signed !== body.sha256.toString('hex')) {
    throw new S3Refusal(
      400,
      'XAmzContentSHA256Mismatch',
      `The provided 'x-amz-content-sha256' header does not match what was computed: ${signed}`,
    );
  }
  return body;
}

async function send(response: ServerResponse, answer: Answer, fault: Fault | undefined, now: number): Promise<void> {
  if (fault?.kind === 'lose-answer') return void response.socket?.destroy();
  if (fault?.kind === 'late-answer') await sleep(fault.ms);
  const cut = fault?.kind === 'cut-answer' && answer.part !== undefined ? { 'content-length': String(fault.bytes) } : {};
  const wrong = fault?.kind === 'wrong-checksum' ? { 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') } : {};
  const xml = answer.xml === undefined ? undefined : Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${answer.xml}`);
  const length = xml === undefined ? {} : { 'content-type': 'application/xml', 'content-length': String(xml.length) };
  response.writeHead(answer.status, {
    'x-amz-request-id': 'DOUBLE',
    date: new Date(now).toUTCString(),
    ...answer.headers,
    ...length,
    ...cut,
    ...wrong,
  });
  const { part } = answer;
  if (part !== undefined) await pour(response, readBlob(part.version.blob, part.offset, part.length), fault);
  else if (xml !== undefined) await pour(response, [xml], fault?.kind === 'reset-answer' ? fault : undefined);
  else response.end();
}

async function pour(response: ServerResponse, chunks: AsyncIterable<Buffer> | readonly Buffer[], fault: Fault | undefined): Promise<void> {
  let sent = 0;
  const gone = once(response, 'close').catch(() => undefined);
  const end = fault?.kind === 'reset-answer' || fault?.kind === 'cut-answer' ? fault.bytes : Number.POSITIVE_INFINITY;
  for await (const chunk of chunks) {
    if (fault?.kind === 'corrupt-answer' && sent === 0) chunk[0]! ^= 1;
    const piece = chunk.subarray(0, end - sent);
    sent += piece.length;
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), gone]);
    if (response.destroyed || sent >= end) break;
  }
  if (fault?.kind === 'reset-answer') {
    await sleep(20); // so that what was written arrives before the reset
    response.socket?.destroy();
  } else {
    response.end();
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown, now: number): void {
  if (!(error instanceof S3Refusal) || response.headersSent) return void response.socket?.destroy();
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message></Error>`;
  const done = (): void => {
    response.writeHead(error.status, {
      'x-amz-request-id': 'DOUBLE',
      date: new Date(now).toUTCString(),
      'content-type': 'application/xml',
    });
    response.end(request.method === 'HEAD' ? undefined : xml);
  };
  if (request.complete) done();
  else request.resume().once('end', done);
}
