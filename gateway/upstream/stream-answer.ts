import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { collectPassedBytes } from '../../shared/base/collect-passed-bytes.ts';
import { RowsUnreadable } from '../../shared/bigquery/scan-rows.ts';
import { Refusal } from '../errors.ts';
import type { Ending, Exchange } from '../exchange.ts';
import type { AnswerFacts } from './answer-facts.ts';
import { isFramedByItself, isRedirect } from './collect-answer.ts';
import { describeFailure, isProvablyNotExecuted } from './describe-failure.ts';
import { FactsReader } from './facts-reader.ts';
import { toClientHeaders, toPairs } from './headers.ts';
import type { UpstreamRequest } from './upstream-request.ts';

const TEXT_BELOW_BYTES = 8_192;
/** Of one answer, written and not yet taken by the client. Node's own limit is less than one read: the upstream would be paused for each. */
const CLIENT_BUFFER_BYTES = 262_144;

export type StreamOptions = {
  /** Told what the answer says about its job, before the client can see it. */
  readonly onFacts?: (facts: AnswerFacts) => void;
  /** Changes the answer's headers, such as a Location that must lead back here. */
  readonly rewriteHeaders?: (headers: string[], status: number) => string[];
};

/**
 * Sends the request and streams the answer to the client as it comes, recording every byte. What would complete the answer (the last
 * bytes of a known length, else the terminator) is held until the end of the record is durable. Resolves when the exchange is over;
 * rejects with the refusal while nothing was answered yet.
 */
export function streamAnswer(exchange: Exchange, request: UpstreamRequest, options: StreamOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    if (exchange.response.destroyed) return resolve(endAborted(exchange));
    const { pool, method, path, headers, body } = request;
    pool.dispatch({ method, path, headers, body: body ?? null }, new StreamedAnswer(exchange, options, resolve, reject));
  });
}

/** The client left before anything was sent: then nothing is. */
const endAborted = (exchange: Exchange): Promise<void> =>
  exchange.end({
    outcome: 'aborted',
    framing: 'truncated',
    reason: exchange.whyAborted,
    bytesFromUpstream: 0,
    bytesToClient: 0,
    timings: exchange.timings,
  });

class StreamedAnswer implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #options: StreamOptions;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #reader: FactsReader | undefined;
  /** Chunks that wait for the facts at the head to be known. */
  #waiting: Buffer[] = [];
  #status = 0;
  #expectedLength = -1;
  #framing: 'complete' | 'close-delimited' = 'complete';
  #received = 0;
  #sent = 0;
  #last: Buffer | undefined;
  /** Headers for the client, until they are written. */
  #head: string[] | undefined;
  #isOver = false;

  constructor(exchange: Exchange, options: StreamOptions, resolve: () => void, reject: (error: unknown) => void) {
    this.#exchange = exchange;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    if (options.onFacts !== undefined) this.#reader = new FactsReader();
    exchange.response.once('close', this.#onClientClose);
  }

  readonly #onClientClose = (): void => {
    if (this.#isOver || this.#exchange.response.writableFinished) return;
    this.#finish({ outcome: 'aborted', framing: 'truncated', reason: this.#exchange.whyAborted });
    this.#controller?.abort(new Error('The client left'));
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('The client left'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#exchange.mark('upstreamFirstByte');
    if (isRedirect(status)) {
      this.#fail(new Refusal('UPSTREAM_REDIRECT', { exchangeId: this.#exchange.id }));
      controller.abort(new Error('A redirect is never followed'));
      return;
    }
    this.#status = status;
    const length = headers['content-length'];
    if (length !== undefined && status !== 204) this.#expectedLength = Number(length);
    if (!isFramedByItself(status, headers)) this.#passCloseDelimited();
    if (this.#reader !== undefined && (headers['content-encoding'] !== undefined || status >= 300)) this.#reader = undefined;
    const passed = toClientHeaders(headers, status);
    const rewritten = this.#options.rewriteHeaders?.(passed, status) ?? passed;
    this.#exchange.recording!.responseHead(status, toPairs(rewritten));
    this.#head = rewritten;
  }

  /** Whether it is all, nobody can tell: then the client is not told so either. */
  #passCloseDelimited(): void {
    this.#framing = 'close-delimited';
    this.#exchange.response.useChunkedEncodingByDefault = false;
    this.#exchange.response.shouldKeepAlive = false;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#received += chunk.length;
    collectPassedBytes(chunk.length);
    let isRecorderAhead: boolean;
    try {
      isRecorderAhead = this.#exchange.recording!.responseBody(chunk);
    } catch (error) {
      this.#refuseRows(controller, chunk, error);
      return;
    }
    let isClientAhead = true;
    if (this.#reader === undefined || this.#options.onFacts === undefined) isClientAhead = this.#pass(chunk);
    else {
      this.#waiting.push(chunk);
      if (this.#reader.push(chunk)) isClientAhead = this.#release();
    }
    if (!isRecorderAhead || !isClientAhead) this.#pause(controller, isRecorderAhead, isClientAhead);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#exchange.mark('upstreamLastByte');
    this.#release(true);
    const { response } = this.#exchange;
    this.#end({ outcome: this.#status >= 400 ? 'upstream-error' : 'answered', framing: this.#framing }).then(
      () => {
        this.#complete(response);
        this.#settle();
      },
      (error: unknown) => (error instanceof RowsUnreadable ? this.#truncate(whyUnkept(error)) : this.#breakOff(error)),
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    if (this.#status === 0) {
      const details = { why: describeFailure(error), exchangeId: this.#exchange.id };
      this.#fail(new Refusal(isProvablyNotExecuted(error) ? 'UPSTREAM_UNREACHABLE' : 'UPSTREAM_BROKE', details));
      return;
    }
    this.#finish({ outcome: 'transport-failed', framing: 'truncated', reason: describeFailure(error) });
    this.#tearDown();
  }

  /** Where the end of the connection is the end of the answer, an orderly end would make a cut answer look whole. */
  #tearDown(): void {
    const { response } = this.#exchange;
    if (this.#framing === 'close-delimited' && response.socket instanceof Socket) response.socket.resetAndDestroy();
    else response.destroy();
  }

  /** Everything the reader held back, once it knows enough (or there will be no more). */
  #release(isEnd = false): boolean {
    if (this.#reader === undefined) return true;
    this.#options.onFacts?.(isEnd ? this.#reader.end() : this.#reader.facts);
    let isAhead = true;
    for (const chunk of this.#waiting) isAhead = this.#pass(chunk);
    this.#waiting = [];
    return isAhead;
  }

  #pass(chunk: Buffer): boolean {
    const { response } = this.#exchange;
    this.#sent += chunk.length;
    if (this.#sent === this.#expectedLength) {
      this.#last = chunk;
      return true;
    }
    this.#writeHead();
    return response.write(chunk) || response.writableLength < CLIENT_BUFFER_BYTES;
  }

  #complete(response: ServerResponse): void {
    const last = this.#last;
    const isFirstToo = this.#head !== undefined;
    this.#writeHead();
    if (last === undefined) response.end();
    // Node puts a text behind its head, and both leave in one write.
    else if (isFirstToo && last.length <= TEXT_BELOW_BYTES) response.end(last.toString('latin1'), 'latin1');
    else response.end(last);
  }

  /** With the first bytes that pass, or the end: until then another answer may take its place. */
  #writeHead(): void {
    if (this.#head === undefined) return;
    this.#exchange.response.writeHead(this.#status, this.#head);
    this.#head = undefined;
  }

  /** Rows that cannot be told apart cannot be kept content-free, and what cannot be kept is not delivered. */
  #refuseRows(controller: Dispatcher.DispatchController, chunk: Buffer, error: unknown): void {
    if (!(error instanceof RowsUnreadable)) throw error;
    const why = whyUnkept(error);
    if (this.#received === chunk.length) this.#fail(new Refusal('UPSTREAM_UNREADABLE', { why, exchangeId: this.#exchange.id }));
    else this.#truncate(why);
    controller.abort(new Error(why));
  }

  #truncate(reason: string): void {
    this.#finish({ outcome: 'transport-failed', framing: 'truncated', reason });
    this.#exchange.response.destroy();
  }

  #pause(controller: Dispatcher.DispatchController, isRecorderAhead: boolean, isClientAhead: boolean): void {
    controller.pause();
    const { response, recording } = this.#exchange;
    const recorder = isRecorderAhead ? undefined : recording!.drained();
    const client = isClientAhead ? undefined : new Promise<void>((resolve) => response.once('drain', resolve));
    Promise.all([recorder, client]).then(
      () => controller.resume(),
      (error: unknown) => this.#breakOff(error),
    );
  }

  /** The recorder failed: what cannot be recorded must not look complete. */
  #breakOff(error: unknown): void {
    this.#isOver = true;
    this.#tearDown();
    this.#controller?.abort(error as Error);
    this.#settle();
  }

  #fail(refusal: Refusal): void {
    this.#isOver = true;
    this.#exchange.response.off('close', this.#onClientClose);
    this.#reject(refusal);
  }

  #finish(ending: Pick<Ending, 'outcome' | 'framing' | 'reason'>): void {
    this.#isOver = true;
    this.#end(ending).then(this.#resolve, this.#resolve);
  }

  #settle(): void {
    this.#isOver = true;
    this.#exchange.response.off('close', this.#onClientClose);
    this.#resolve();
  }

  #end(ending: Pick<Ending, 'outcome' | 'framing' | 'reason'>): Promise<void> {
    this.#isOver = true;
    return this.#exchange.end({
      ...ending,
      // None where BigQuery had not begun to answer.
      ...(this.#status === 0 ? {} : { status: this.#status }),
      bytesFromUpstream: this.#received,
      bytesToClient: ending.framing === 'truncated' ? this.#sent : this.#received,
      timings: this.#exchange.timings,
      job: toStatistics(this.#reader?.facts, this.#exchange),
    });
  }
}

const whyUnkept = ({ message }: RowsUnreadable): string => `its rows cannot be told apart: ${message}`;

export function toStatistics(facts: AnswerFacts | undefined, { job }: Exchange): Ending['job'] {
  if (facts === undefined) return job === undefined ? undefined : { jobReference: job };
  const { bigQuerySession: _, ...statistics } = facts;
  return job === undefined || statistics.jobReference !== undefined ? statistics : { ...statistics, jobReference: job };
}
