import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { Refusal } from '../errors.ts';
import { describeFailure, isProvablyNotExecuted } from './describe-failure.ts';
import type { UpstreamRequest } from './upstream-request.ts';

export type CollectedAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** It ended where its own framing says; false: with its connection, and whether that is all, nobody can tell. */
  readonly isFramed: boolean;
};

type CollectOptions = { readonly exchangeId: string /** Bytes. */; readonly limit: number; readonly signal?: AbortSignal };

/** The whole answer in memory, for those that must be read or changed before the client may see them. Rejects with the refusal. */
export function collectAnswer(request: UpstreamRequest, options: CollectOptions): Promise<CollectedAnswer> {
  const { pool, method, path, headers, body } = request;
  return new Promise((resolve, reject) =>
    pool.dispatch({ method, path, headers, body: body ?? null }, new Collector(options, resolve, reject)),
  );
}

class Collector implements Dispatcher.DispatchHandler {
  readonly #options: CollectOptions;
  readonly #resolve: (answer: CollectedAnswer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #length = 0;

  constructor(options: CollectOptions, resolve: (answer: CollectedAnswer) => void, reject: (error: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#options.signal?.addEventListener('abort', () => controller.abort(new Error('The client left')), { once: true });
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#options.limit) controller.abort(new TooLarge(this.#options.limit));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const isFramed = isFramedByItself(this.#status, this.#headers);
    this.#resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks), isFramed });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const refusal = this.#toRefusal(error);
    refusal.bytesFromUpstream = this.#length;
    this.#reject(refusal);
  }

  #toRefusal(error: Error): Refusal {
    const { exchangeId } = this.#options;
    if (error instanceof TooLarge) return new Refusal('UPSTREAM_UNREADABLE', { why: error.message, exchangeId });
    const code = isProvablyNotExecuted(error) ? 'UPSTREAM_UNREACHABLE' : 'UPSTREAM_BROKE';
    return new Refusal(code, { why: describeFailure(error), exchangeId });
  }
}

/** Else the answer ends with its connection (RFC 9112 §6.3). */
export const isFramedByItself = (status: number, headers: IncomingHttpHeaders): boolean =>
  status === 204 || status === 304 || headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/** 304 and 308 (of resumable uploads) carry meaning; the others would lead the client around this gateway. */
export const isRedirect = (status: number): boolean => status >= 300 && status < 400 && status !== 304 && status !== 308;

class TooLarge extends Error {
  constructor(limit: number) {
    super(`it is larger than ${limit} bytes`);
  }
}
