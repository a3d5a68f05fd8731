import { toCommandAnswer } from '../../shared/bigquery/upload-command.ts';
import type { Config } from '../config.ts';
import { Refusal } from '../errors.ts';
import type { Exchange, JobRef } from '../exchange.ts';
import { type AnswerFacts, readAnswerFacts } from './answer-facts.ts';
import { type CollectedAnswer, collectAnswer, isRedirect } from './collect-answer.ts';
import type { Connections, Upstream } from './connections.ts';
import { toClientHeaders } from './headers.ts';
import { filterList, isJobResource, isList, type Keep, renameUser } from './rewrite-answer.ts';
import { refuseBadFields, selectFields } from './select-fields.ts';
import { sendAnswer } from './send-answer.ts';
import { streamAnswer } from './stream-answer.ts';
import { toUploadBody } from './upload-stream.ts';
import { buildRequest, recordRequest, type UpstreamRequest } from './upstream-request.ts';

/** What the upstream stage asks of others; the app connects them. */
export type ForwardHooks = {
  /** Which entries of a list the principal may see. */
  keep(exchange: Exchange): Keep;
  /** A job was made for this principal: told before its id can reach the client. */
  ownJob(exchange: Exchange, job: JobRef): void;
  /** A resumable upload began: its chunks are this principal's only. */
  ownUpload(exchange: Exchange, uploadId: string): void;
  /** What BigQuery says the job referenced; throws the refusal when its answer must not be shown. */
  reviewJob(exchange: Exchange, job: JobRef, tables: readonly string[]): void;
  ownResultTable(exchange: Exchange, tableName: string, job: JobRef): void;
  ownBigQuerySession(exchange: Exchange, bigQuerySession: string): void;
};

/** The upstream stage: sends what was judged, answers what came. */
export class Forwarder {
  readonly #connections: Connections;
  readonly #limits: Config['limits'];
  readonly #publicUrl: string | undefined;
  readonly #hooks: ForwardHooks;

  constructor(connections: Connections, { limits, publicUrl }: Pick<Config, 'limits' | 'publicUrl'>, hooks: ForwardHooks) {
    this.#connections = connections;
    this.#limits = limits;
    this.#publicUrl = publicUrl;
    this.#hooks = hooks;
  }

  /** Fills `connection`. */
  connect(exchange: Exchange): void {
    const project = exchange.projectId;
    const upstream = project === undefined ? this.#connections.all()[0] : this.#connections.forProject(project);
    if (upstream === undefined) throw new Refusal('CONNECTION_NONE', { project: project ?? '' });
    exchange.connection = upstream.name;
  }

  /** Made before the intent is recorded, so that a credential that cannot be had leaves nothing behind. */
  prepare(exchange: Exchange): UpstreamRequest | Promise<UpstreamRequest> {
    refuseBadFields(exchange);
    if (exchange.upload !== undefined) return buildRequest(exchange, this.#upstreamOf(exchange), toUploadBody(exchange));
    const json = exchange.body?.json;
    const bytes = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
    return buildRequest(exchange, this.#upstreamOf(exchange), bytes === undefined ? {} : { contentType: 'application/json', bytes });
  }

  record(exchange: Exchange, request: UpstreamRequest): void {
    recordRequest(exchange, this.#upstreamOf(exchange), request);
  }

  async forward(exchange: Exchange, request: UpstreamRequest): Promise<void> {
    await this.#answer(exchange, request);
    if (exchange.ending?.status === 401) this.#upstreamOf(exchange).credential.rejected?.(exchange.principal!);
  }

  #answer(exchange: Exchange, request: UpstreamRequest): Promise<void> {
    const { id } = exchange.call!.method;
    if (isList(id) || isJobResource(id)) return this.#rewritten(exchange, request);
    if (exchange.call!.method.carries.response !== 'rows') return streamAnswer(exchange, request);
    return streamAnswer(exchange, request, { onFacts: (facts) => this.#learn(exchange, facts) });
  }

  async #rewritten(exchange: Exchange, request: UpstreamRequest): Promise<void> {
    const collected = await this.#collect(exchange, request);
    exchange.mark('upstreamLastByte');
    if (isRedirect(collected.status))
      throw countBytes(new Refusal('UPSTREAM_REDIRECT', { exchangeId: exchange.id }), collected.body.length);
    if (exchange.call!.upload === 'resumable') this.#bringHome(exchange, collected);
    // An address that would lead past this gateway.
    delete collected.headers['x-goog-upload-url'];
    const answer = toTold(exchange, collected);
    if (answer.status >= 300) return sendAnswer(exchange, answer);
    refuseUnreadable(exchange, answer);
    const facts: AnswerFacts = {};
    const body = this.#rewrite(exchange, answer, facts);
    return sendAnswer(exchange, answer, { body: selectFields(exchange, body), facts });
  }

  /** A client that leaves meanwhile takes the request to BigQuery along. */
  async #collect({ id, response }: Exchange, request: UpstreamRequest): Promise<CollectedAnswer> {
    const left = new AbortController();
    const onClose = (): void => left.abort();
    response.once('close', onClose);
    try {
      return await collectAnswer(request, { exchangeId: id, limit: this.#limits.rewrittenAnswerBytes, signal: left.signal });
    } finally {
      response.off('close', onClose);
    }
  }

  /** The address for the chunks of a resumable upload must lead back here. */
  #bringHome(exchange: Exchange, { headers }: CollectedAnswer): void {
    const location = headers['location'];
    if (location === undefined) return;
    const uploadId = URL.parse(String(location), 'http://upstream')?.searchParams.get('upload_id');
    if (uploadId === null || uploadId === undefined)
      throw new Refusal('UPSTREAM_UNREADABLE', { why: 'it names no upload', exchangeId: exchange.id });
    this.#hooks.ownUpload(exchange, uploadId);
    const { sessionName } = exchange.call!;
    const base = `${exchange.origin(this.#publicUrl)}${sessionName === undefined ? '' : `/s/${sessionName}`}`;
    headers['location'] =
      `${base}/upload/bigquery/v2/projects/${encodeURIComponent(exchange.projectId!)}/jobs?uploadType=resumable&upload_id=${encodeURIComponent(uploadId)}`;
  }

  #rewrite(exchange: Exchange, { body }: CollectedAnswer, facts: AnswerFacts): Buffer {
    const { id } = exchange.call!.method;
    const text = body.toString('utf8');
    if (id !== 'bigquery.jobs.list') this.#learnJob(exchange, id, text, facts);
    const filtered = isList(id) ? filterList(id, text, this.#hooks.keep(exchange)) : text;
    if (filtered === undefined) throw toUnreadable('it is no list', exchange, body.length);
    const rewritten = isJobResource(id) ? renameUser(filtered, exchange.principal!.email ?? exchange.principal!.subject) : filtered;
    return rewritten === text ? body : Buffer.from(rewritten);
  }

  #learnJob(exchange: Exchange, id: string, text: string, facts: AnswerFacts): void {
    if (!isJobResource(id)) return;
    readAnswerFacts(text, facts);
    this.#learn(exchange, facts);
    const job = facts.jobReference;
    if (job !== undefined && facts.referencedTables !== undefined && id !== 'bigquery.jobs.list')
      this.#hooks.reviewJob(exchange, job, facts.referencedTables);
    const destination = /"destinationTable"\s*:\s*(\{[^{}]*\})/.exec(text)?.[1];
    if (job === undefined || destination === undefined) return;
    const { projectId, datasetId, tableId } = JSON.parse(destination) as Record<string, string>;
    if (datasetId?.startsWith('_')) this.#hooks.ownResultTable(exchange, `${projectId}.${datasetId}.${tableId}`, job);
  }

  #learn(exchange: Exchange, facts: AnswerFacts): void {
    const { id } = exchange.call!.method;
    if (id !== 'bigquery.jobs.query' && id !== 'bigquery.jobs.insert') return;
    if (facts.jobReference !== undefined) {
      exchange.job = facts.jobReference;
      this.#hooks.ownJob(exchange, facts.jobReference);
    }
    if (facts.bigQuerySession !== undefined) this.#hooks.ownBigQuerySession(exchange, facts.bigQuerySession);
  }

  #upstreamOf(exchange: Exchange): Upstream {
    return this.#connections.byName(exchange.connection!);
  }
}

/** What is to be read must be plain, as was asked for, and whole: where its end is its connection's, it must be whole by itself. */
function refuseUnreadable(exchange: Exchange, { headers, body, isFramed }: CollectedAnswer): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw toUnreadable(`its encoding is ${String(encoding).slice(0, 40)}`, exchange, body.length);
  if (!isFramed && body.length > 0 && !isJson(body)) throw toUnreadable('it is not whole', exchange, body.length);
}

const toUnreadable = (why: string, exchange: Exchange, length: number): Refusal =>
  countBytes(new Refusal('UPSTREAM_UNREADABLE', { why, exchangeId: exchange.id }), length);

function countBytes(refusal: Refusal, length: number): Refusal {
  refusal.bytesFromUpstream = length;
  return refusal;
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** In the spelling in which the client asked. */
function toTold({ uploadCommand }: Exchange, answer: CollectedAnswer): CollectedAnswer {
  if (uploadCommand === undefined) return answer;
  const told = toCommandAnswer(uploadCommand, answer.status, toClientRecord(answer));
  return { ...answer, status: told.status, headers: told.headers };
}

function toClientRecord({ headers, status }: CollectedAnswer): Record<string, string> {
  const list = toClientHeaders(headers, status);
  return Object.fromEntries(list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1]!]] : [])));
}
