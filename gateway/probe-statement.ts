import { createExchangeId } from '../shared/base/ids.ts';
import { Refusal } from './errors.ts';
import type { DryRunFacts, Exchange } from './exchange.ts';
import { toIntent } from './open-record.ts';
import type { Recorder } from './record/recorder.ts';
import { type CollectedAnswer, collectAnswer } from './upstream/collect-answer.ts';
import type { Connections } from './upstream/connections.ts';
import { readDryRun, toDryRunJob } from './upstream/dry-run.ts';
import { toPairs, toUpstreamHeaders } from './upstream/headers.ts';

/** BigQuery refused the statement itself: its answer is the client's answer. */
export class UpstreamRefused extends Error {
  override readonly name = 'UpstreamRefused';
  readonly answer: CollectedAnswer;

  constructor(answer: CollectedAnswer) {
    super(`BigQuery answered ${answer.status}`);
    this.answer = answer;
  }
}

type Remembered = { readonly facts: DryRunFacts; readonly until: number };

const rememberForMs = 30_000;
const maximumRemembered = 2_000;
const answerLimit = 8 * 2 ** 20;

/** Asks BigQuery by a dry run what a statement would read and cost. It goes to BigQuery, so it is an exchange of its own in the record. */
export class StatementProbe {
  readonly #connections: Connections;
  readonly #recorder: Recorder;
  readonly #remembered = new Map<string, Remembered>();

  constructor(connections: Connections, recorder: Recorder) {
    this.#connections = connections;
    this.#recorder = recorder;
  }

  async ask(exchange: Exchange): Promise<DryRunFacts> {
    const job = toJob(exchange);
    const key = `${this.#whoseView(exchange)}\n${exchange.connection}\n${exchange.projectId}\n${job}`;
    const known = this.#remembered.get(key);
    if (known !== undefined && known.until > Date.now()) return known.facts;
    const answer = await this.#askUpstream(exchange, Buffer.from(job));
    if (answer.status >= 400) throw new UpstreamRefused(answer);
    const facts = readDryRun(answer.body.toString('utf8'));
    if (facts === undefined) throw new Refusal('UPSTREAM_UNREADABLE', { why: 'it is no answer to a dry run', exchangeId: exchange.id });
    if (this.#remembered.size >= maximumRemembered) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(key, { facts, until: Date.now() + rememberForMs });
    return facts;
  }

  /** What one account may see says nothing of what another may. */
  #whoseView({ connection, principal }: Exchange): string {
    const { isPersonal } = this.#connections.byName(connection!).credential;
    return isPersonal === true ? JSON.stringify([principal!.issuer, principal!.subject]) : '';
  }

  async #askUpstream(exchange: Exchange, body: Buffer): Promise<CollectedAnswer> {
    const upstream = this.#connections.byName(exchange.connection!);
    const path = `${upstream.basePath}/bigquery/v2/projects/${encodeURIComponent(exchange.projectId!)}/jobs`;
    const authorization = await upstream.credential.authorization(exchange.principal);
    const headers = toUpstreamHeaders({ 'user-agent': 'steno' }, { contentType: 'application/json', length: body.length }, authorization);
    const exchangeId = createExchangeId();
    const recording = this.#recorder.open({
      ...toIntent(exchange),
      exchangeId,
      client: { door: 'gateway' },
      request: { method: 'POST', target: path, httpVersion: '1.1', headers: toPairs(headers, 'authorization') },
      methodId: 'bigquery.jobs.insert',
      job: undefined,
      decision: {
        effect: 'allow',
        rules: ['dry-run'],
        reason: `Asked by the gateway before exchange ${exchange.id}`,
        policyDigest: exchange.decision?.policyDigest,
      },
    });
    recording.requestBody(body);
    await recording.durable();
    const timings = { identity: 0, inspect: 0, policy: 0, intentDurable: 0, upstreamFirstByte: 0, upstreamLastByte: 0 };
    try {
      const answer = await collectAnswer({ pool: upstream.pool, method: 'POST', path, headers, body }, { exchangeId, limit: answerLimit });
      recording.responseHead(answer.status, []);
      recording.responseBody(answer.body);
      const length = answer.body.length;
      await recording.end({
        outcome: answer.status >= 400 ? 'upstream-error' : 'answered',
        status: answer.status,
        framing: 'complete',
        bytesFromUpstream: length,
        bytesToClient: 0,
        timings,
      });
      return answer;
    } catch (error) {
      await recording.end({
        outcome: 'transport-failed',
        framing: 'truncated',
        reason: (error as Error).message,
        bytesFromUpstream: 0,
        bytesToClient: 0,
        timings,
      });
      throw error;
    }
  }
}

function toJob({ body, call, projectId, statement }: Exchange): string {
  const json = body!.json as Readonly<Record<string, Record<string, unknown>>>;
  const isQuery = call!.method.id === 'bigquery.jobs.query';
  const location = isQuery ? json['location'] : json['jobReference']?.['location'];
  const source: Readonly<Record<string, unknown>> = isQuery ? json : (json['configuration']!['query'] as Record<string, unknown>);
  const kept = Object.fromEntries(configurationKeys.flatMap((key) => (source[key] === undefined ? [] : [[key, source[key]]])));
  return toDryRunJob({ ...kept, query: statement!.sql }, typeof location === 'string' ? location : undefined, projectId!);
}

/** What changes the meaning of the statement; limits and destinations do not. */
const configurationKeys = ['connectionProperties', 'defaultDataset', 'parameterMode', 'queryParameters'];
