import { hash } from 'node:crypto';
import { Refusal } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import type { Limits } from './inspect.ts';
import type { JsonObject } from './parse-strict-json.ts';

/** Properties that leave alone what names mean and under whose rights the job runs. */
const allowedProperties = new Set(['session_id', 'time_zone', 'query_label']);

/**
 * What the gateway adds to every job before it leaves: an id known beforehand, so that recovery can ask what became of it; labels, so
 * that Google's own job list tells whose it was; the cap on bytes. Changes `json` and fills `job`.
 */
export function markJob(exchange: Exchange, json: JsonObject, limits: Limits): void {
  const { id } = exchange.call!.method;
  if (id === 'bigquery.jobs.query') markQuery(exchange, json, limits);
  if (id === 'bigquery.jobs.insert') markInsert(exchange, json, limits);
}

function markQuery(exchange: Exchange, json: JsonObject, limits: Limits): void {
  refuseProperties(json);
  json['labels'] = toLabels(exchange, json['labels']);
  json['requestId'] = toRequestId(exchange, json['requestId']);
  // A query without a job leaves nothing that recovery and reconciliation could ask about.
  json['jobCreationMode'] = 'JOB_CREATION_REQUIRED';
  capBytes(json, limits);
}

function markInsert(exchange: Exchange, json: JsonObject, limits: Limits): void {
  const configuration = json['configuration'] as JsonObject | undefined;
  if (configuration === undefined) throw new Refusal('REQUEST_MALFORMED', { why: 'Required parameter is missing: configuration' });
  const query = configuration['query'] as JsonObject | undefined;
  if (query !== undefined) {
    refuseProperties(query);
    capBytes(query, limits);
  }
  configuration['labels'] = toLabels(exchange, configuration['labels']);
  const reference = (json['jobReference'] ?? Object.create(null)) as JsonObject;
  reference['projectId'] = exchange.projectId!;
  if (configuration['dryRun'] !== true) reference['jobId'] ??= `steno_${exchange.id.replaceAll('-', '_')}`;
  json['jobReference'] = reference;
  const { jobId, location } = reference;
  if (typeof jobId !== 'string') return;
  exchange.job = { projectId: exchange.projectId!, jobId, ...(typeof location === 'string' ? { location } : {}) };
}

/**
 * BigQuery answers a repeated id with the first query's result, and behind one account it cannot tell whose that was. So each principal's
 * ids are their own; a retry has the same one again, also after a restart of this gateway. At most 36 characters.
 */
function toRequestId({ id, principal }: Exchange, asked: unknown): string {
  if (typeof asked !== 'string' || asked === '') return id;
  return hash('sha256', JSON.stringify([principal!.issuer, principal!.subject, asked]), 'hex').slice(0, 36);
}

function toLabels({ session, id }: Exchange, own: unknown): JsonObject {
  return { ...(own as JsonObject | undefined), steno_session: session!.sessionId, steno_exchange: id };
}

function capBytes(query: JsonObject, { maximumBytesBilled }: Limits): void {
  if (maximumBytesBilled === undefined) return;
  const asked = query['maximumBytesBilled'];
  const isLower = typeof asked === 'string' && /^\d{1,19}$/.test(asked) && BigInt(asked) < BigInt(maximumBytesBilled);
  if (!isLower) query['maximumBytesBilled'] = maximumBytesBilled;
}

function refuseProperties(query: JsonObject): void {
  const properties = (query['connectionProperties'] ?? []) as JsonObject[];
  const foreign = properties.find(({ key }) => !allowedProperties.has(String(key)));
  if (foreign !== undefined)
    throw new Refusal('REQUEST_MALFORMED', { why: `The connection property "${String(foreign['key']).slice(0, 60)}" is not offered here` });
}
