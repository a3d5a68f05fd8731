import { assert } from '../../shared/base/assert.ts';
import { type BodySide, type Chunk, MAX_COLUMN_BODY_BYTES } from '../../shared/bundle/format.ts';
import { BodyRecorder, type StoredAs } from './body-recorder.ts';
import type { OpenExchangeState } from './carry.ts';
import type { CellDigests } from './content-free/cell-digests.ts';
import { CellStream } from './content-free/cell-stream.ts';
import { withoutMessage } from './content-free/without-content.ts';
import { withoutCredentialHeaders, withoutCredentialQuery } from './credentials.ts';
import type { Escrow } from './escrow/open-escrow.ts';
import type { SealStream } from './escrow/seal-stream.ts';
import { FLAG_COLUMNS_DUE, sideNumber } from './frame.ts';
import type { Journal } from './journal.ts';
import { leafChunk, leafJob, leafStatistics, leafWords, toMicroseconds } from './leaf-text.ts';
import type { EndInput, Headers, IntentInput, JobStatisticsInput, ReconcileOutcome, UpstreamRequestInput } from './record-input.ts';
import type { ExchangeRecord } from './recorder.ts';
import type { Salts } from './salts.ts';
import type { LeafBuilder, SessionLog } from './session-log.ts';

/** More chunks than this without a leaf, and they get leaves of their own. */
const MAX_PENDING_CHUNKS = 8;

/** One exchange from its intent to its one end. */
export class RecordedExchange implements ExchangeRecord {
  readonly exchangeId: string;
  readonly number: number;
  readonly session: SessionLog;
  /** The segment where it begins. */
  readonly segment: string;
  readonly #journal: Journal;
  readonly #salts: Salts;
  readonly #intent: IntentInput;
  readonly #at: string;
  readonly #withholds: boolean;
  /** Defined where the exchange is content-free. */
  readonly #cellDigests: CellDigests | undefined;
  /** Undefined where the exchange is content-free: then nobody gets the clear text. */
  readonly #escrow: Escrow | undefined;
  #seal: SealStream | undefined;
  #cells: CellStream | undefined;
  readonly #onEnd: (columnsDue: number) => void;
  readonly #bodies: BodyRecorder[] = [];
  #pending: Chunk[] = [];
  #response: string | undefined;
  #upstreamRequest: string | undefined;
  #isEnded = false;

  constructor(parts: {
    session: SessionLog;
    number: number;
    intent: IntentInput;
    at: string;
    withholds: boolean;
    cellDigests: CellDigests | undefined;
    escrow: Escrow | undefined;
    journal: Journal;
    salts: Salts;
    onEnd: (columnsDue: number) => void;
  }) {
    this.exchangeId = parts.intent.exchangeId;
    this.number = parts.number;
    this.session = parts.session;
    this.#journal = parts.journal;
    this.#salts = parts.salts;
    this.#intent = parts.intent;
    this.#at = parts.at;
    this.#withholds = parts.withholds;
    this.#cellDigests = parts.cellDigests;
    this.#escrow = parts.withholds || parts.cellDigests !== undefined ? undefined : parts.escrow;
    this.#onEnd = parts.onEnd;
    this.segment = parts.journal.plannedSegment;
  }

  requestBody(bytes: Uint8Array): boolean {
    return this.#append('request', this.#kept, bytes);
  }

  upstreamRequest(request: UpstreamRequestInput): void {
    this.#upstreamRequest = this.session.disclose(this.number, 'upstream-request', {
      method: request.method,
      url: withoutCredentialQuery(request.url),
      headers: withoutCredentialHeaders(request.headers),
    });
    if (request.body !== undefined) this.#append('upstream-request', this.#kept, request.body);
  }

  responseHead(status: number, headers: Headers): void {
    this.#cells = status === 200 && this.#mayHoldRows ? this.#cellDigests && this.#openCells(this.#cellDigests) : undefined;
    this.#response = this.session.disclose(this.number, 'response', { status, headers: withoutCredentialHeaders(headers) });
  }

  responseBody(bytes: Uint8Array): boolean {
    this.#cells?.push(bytes);
    return this.#append('response', this.#kept, bytes);
  }

  upstreamResponseBody(bytes: Uint8Array): boolean {
    if (this.#escrow === undefined) return this.#append('upstream-response', 'digest', bytes);
    this.#seal ??= this.#escrow.seal((sealed) => this.#appendSealed(sealed));
    const isSealAhead = bytes.length === 0 || this.#seal.push(bytes);
    return this.#append('upstream-response', 'sealed', bytes) && isSealAhead;
  }

  durable(): Promise<void> {
    return this.#journal.durable();
  }

  async drained(): Promise<void> {
    await this.#seal?.drained();
    await this.#journal.drained();
  }

  end(facts: EndInput): Promise<void> {
    assert(!this.#isEnded, `exchange ${this.exchangeId} ends once`);
    try {
      if (facts.framing === 'truncated') this.#cells?.flush();
      else this.#cells?.end();
    } catch (error) {
      return Promise.reject(error);
    }
    this.#isEnded = true;
    return this.#seal === undefined ? this.#endNow(facts) : this.#endSealed(this.#seal, facts);
  }

  async #endSealed(seal: SealStream, facts: EndInput): Promise<void> {
    const sealed = await seal.finish();
    const body = this.#bodies.find(({ side }) => side === 'upstream-response');
    if (body !== undefined) body.sealed = sealed;
    await this.#endNow(facts);
  }

  #endNow(facts: EndInput): Promise<void> {
    const columnsDue = this.#journal.failure === undefined ? this.#appendEnd(facts) : 0;
    this.#onEnd(columnsDue);
    return this.#journal.durable();
  }

  /** Ends the chunks under way, so that none reaches over two segments. */
  state(): OpenExchangeState {
    for (const body of this.#bodies) this.#pend(body.finish());
    const job = this.#intent.job;
    return {
      session: this.session.number,
      exchange: this.number,
      exchangeId: this.exchangeId,
      at: this.#at,
      methodId: this.#intent.methodId,
      connection: this.#intent.connection,
      content: this.#cellDigests && 'content-free',
      job: job === undefined ? undefined : { projectId: job.projectId, jobId: job.jobId, location: job.location },
      chunks: this.#pending,
      bodies: this.#summaries(),
      disclosed: { response: this.#response, 'upstream-request': this.#upstreamRequest },
    };
  }

  get #mayHoldRows(): boolean {
    return rowMethods.has(this.#intent.methodId ?? '');
  }

  /** How bodies as sent and delivered are kept. */
  get #kept(): StoredAs {
    return this.#cellDigests === undefined ? 'verbatim' : 'digest';
  }

  #openCells(digests: CellDigests): CellStream {
    return new CellStream(digests, (cells) => this.#append('cells', 'verbatim', cells));
  }

  #appendSealed(bytes: Uint8Array): void {
    if (this.#journal.failure !== undefined) return;
    this.#journal.queue.sealedBody(this.session.number, this.number, sideNumber('upstream-response'), bytes);
    this.#journal.turnIfLarge();
    this.#journal.schedule();
  }

  #append(side: BodySide, stored: StoredAs, bytes: Uint8Array): boolean {
    assert(!this.#isEnded, `exchange ${this.exchangeId} has ended`);
    if (this.#journal.failure !== undefined) return true;
    let body = this.#bodies.find((one) => one.side === side);
    if (body === undefined) {
      body = new BodyRecorder(this.#journal, this.#salts, this.session.number, this.number, side, this.#withholds ? 'withheld' : stored);
      this.#bodies.push(body);
    }
    this.#pend(body.append(bytes));
    this.#journal.turnIfLarge();
    this.#journal.schedule();
    return this.#journal.isRoomy;
  }

  #pend(chunks: readonly Chunk[]): void {
    if (chunks.length === 0) return;
    this.#pending.push(...chunks);
    if (this.#pending.length < MAX_PENDING_CHUNKS) return;
    for (const chunk of this.#pending) appendChunk(this.session, this.number, this.exchangeId, chunk);
    this.#pending = [];
  }

  #summaries() {
    return this.#bodies.map(({ chunks, length, sealed, side, stored }) => ({ chunks, length, sealed, side, stored }));
  }

  /** Returns the bytes of whose columns digests will follow. */
  #appendEnd(facts: EndInput): number {
    for (const body of this.#bodies) this.#pend(body.finish());
    const { timings } = facts;
    const job = this.#cellDigests === undefined ? facts.job : withoutMessage(facts.job);
    const jobError = job?.errorResult === undefined ? undefined : this.session.disclose(this.number, 'job-error', job.errorResult);
    const names = this.#cells?.names;
    const resultNames = names === undefined ? undefined : this.session.disclose(this.number, 'result-names', names);
    const build: LeafBuilder = ({ at, monoUs, prev, seq }) => ({
      at,
      bodies: this.#summaries(),
      bytesFromUpstream: facts.bytesFromUpstream ?? 0,
      bytesToClient: facts.bytesToClient ?? 0,
      chunks: this.#pending.map(leafChunk),
      disclosed: {
        'job-error': jobError,
        response: this.#response,
        'result-names': resultNames,
        'upstream-request': this.#upstreamRequest,
      },
      exchange: this.number,
      exchangeId: this.exchangeId,
      framing: facts.framing,
      job: leafStatistics(job),
      kind: 'end',
      monoUs,
      outcome: facts.outcome,
      prev,
      reason: leafWords(facts.reason),
      seq,
      status: facts.status,
      timingsUs: {
        identity: toMicroseconds(timings?.identity),
        intentDurable: toMicroseconds(timings?.intentDurable),
        policy: toMicroseconds(timings?.policy),
        upstreamFirstByte: toMicroseconds(timings?.upstreamFirstByte),
        upstreamLastByte: toMicroseconds(timings?.upstreamLastByte),
      },
    });
    const columnsDue = this.#columnsDue(facts);
    this.session.append(this.number, build, columnsDue > 0 ? FLAG_COLUMNS_DUE : 0);
    if (columnsDue > 0) this.session.columnsDue += 1;
    return columnsDue;
  }

  /** Length of an answer that may hold rows, and is kept; else 0. What it really holds is looked at off the data path. */
  #columnsDue({ status, framing }: EndInput): number {
    if (status !== 200 || framing === 'truncated' || !this.#mayHoldRows) return 0;
    const response = this.#bodies.find(({ side }) => side === 'response');
    return response?.stored === 'verbatim' && response.length <= MAX_COLUMN_BODY_BYTES ? response.length : 0;
  }
}

const rowMethods: ReadonlySet<string> = new Set(['bigquery.jobs.query', 'bigquery.jobs.getQueryResults', 'bigquery.tabledata.list']);

export function appendChunk(session: SessionLog, exchange: number, exchangeId: string, chunk: Chunk): void {
  session.append(exchange, ({ at, monoUs, prev, seq }) => ({
    at,
    chunk: leafChunk(chunk),
    exchange,
    exchangeId,
    kind: 'chunk',
    monoUs,
    prev,
    seq,
  }));
}

/** What recovery writes in place of an end. */
export function appendReconcile(
  session: SessionLog,
  open: OpenExchangeState,
  outcome: ReconcileOutcome,
  jobError: string | undefined,
): void {
  session.append(open.exchange, ({ at, monoUs, prev, seq }) => ({
    at,
    bodies: open.bodies.map(({ side, length, chunks, stored }) => ({ chunks, length, side, stored })),
    chunks: open.chunks.map(leafChunk),
    disclosed: { 'job-error': jobError, response: open.disclosed.response, 'upstream-request': open.disclosed['upstream-request'] },
    exchange: open.exchange,
    exchangeId: open.exchangeId,
    job: leafStatistics(statisticsOf(open, outcome)),
    kind: 'reconcile',
    monoUs,
    prev,
    reason: leafWords(outcome.reason),
    seq,
    state: outcome.state,
  }));
}

const statisticsOf = (open: OpenExchangeState, outcome: ReconcileOutcome): JobStatisticsInput | undefined =>
  outcome.job ?? (open.job === undefined ? undefined : { jobReference: leafJob(open.job) });
