import type { Config } from '../config.ts';
import { Refusal } from '../errors.ts';
import type { Exchange, JobRef } from '../exchange.ts';
import { conformBody } from './conform-body.ts';
import { inspectStatement } from './inspect-statement.ts';
import { markJob } from './mark-job.ts';
import { JsonMistake, type JsonObject, type JsonValue, parseStrictJson } from './parse-strict-json.ts';
import { decodeText, readBody } from './read-body.ts';
import { refuseMismatch } from './refuse-mismatch.ts';

export type Limits = Config['limits'];

/** The inspect stage, for all but uploads: fills `body`, `projectId`, `job` and `statement`. Returns undefined when there is nothing to wait for. */
export function inspect(exchange: Exchange, limits: Limits): Promise<void> | undefined {
  const { method } = exchange.call!;
  if (method.body !== 'none') return inspectBody(exchange, limits);
  exchange.request.resume();
  exchange.projectId = toProject(exchange, undefined);
  exchange.job = toAskedJob(exchange) ?? exchange.job;
  return undefined;
}

async function inspectBody(exchange: Exchange, limits: Limits): Promise<void> {
  const bytes = await readBody(exchange.request, limits.requestBodyBytes);
  exchange.body = { bytes, contentType: exchange.request.headers['content-type'], dropped: [] };
  const text = await decodeText(bytes, exchange.request.headers, limits.requestBodyBytes);
  inspectJson(exchange, parseJson(text === '' ? '{}' : text), limits);
}

/** Shared with uploads, whose JSON comes as the first part. */
export function inspectJson(exchange: Exchange, value: JsonValue, limits: Limits): void {
  const { method } = exchange.call!;
  const { json, dropped } = conformBody(value, method.request!);
  exchange.projectId = toProject(exchange, json);
  refuseMismatch(exchange.call!, exchange.projectId, json);
  inspectQuery(exchange, json, limits);
  markJob(exchange, json, limits);
  exchange.body = { bytes: exchange.body?.bytes ?? new Uint8Array(), contentType: exchange.body?.contentType, json, dropped };
}

export function parseJson(text: string): JsonValue {
  try {
    return parseStrictJson(text);
  } catch (error) {
    if (error instanceof JsonMistake) throw new Refusal('REQUEST_BAD_JSON', { why: error.message });
    throw error;
  }
}

function inspectQuery(exchange: Exchange, json: JsonObject, limits: Limits): void {
  const { id } = exchange.call!.method;
  const configuration = json['configuration'] as JsonObject | undefined;
  if (id === 'bigquery.jobs.insert') refuseUnlessOneKind(configuration);
  const query = (id === 'bigquery.jobs.query' ? json : id === 'bigquery.jobs.insert' ? configuration?.['query'] : undefined) as
    | JsonObject
    | undefined;
  if (query === undefined) return;
  const sql = query['query'];
  if (typeof sql !== 'string' || sql.trim() === '') throw new Refusal('REQUEST_MALFORMED', { why: 'Required parameter is missing: query' });
  const isDryRun = (id === 'bigquery.jobs.query' ? json['dryRun'] : configuration?.['dryRun']) === true;
  exchange.statement = inspectStatement(
    {
      sql,
      projectId: exchange.projectId!,
      defaultDataset: query['defaultDataset'] as { projectId?: string; datasetId?: string } | undefined,
      useLegacySql: query['useLegacySql'] !== false && isLegacyByDefault(query),
      isDryRun,
      parameters: query['queryParameters'],
      bigQuerySession: toSessionId(query),
    },
    limits.statementCharacters,
  );
}

/** What BigQuery would make of none, or of two at once, nobody judged. */
function refuseUnlessOneKind(configuration: JsonObject = {}): void {
  const kinds = ['query', 'load', 'copy', 'extract'].filter((kind) => configuration[kind] !== undefined);
  if (kinds.length === 1) return;
  const named = kinds.length === 0 ? 'none of query, load, copy and extract' : kinds.join(' and ');
  throw new Refusal('REQUEST_MALFORMED', { why: `The configuration of a job has exactly one kind, this one names ${named}` });
}

const toSessionId = (query: JsonObject): string | undefined => {
  const properties = (query['connectionProperties'] ?? []) as JsonObject[];
  const value = properties.find(({ key }) => key === 'session_id')?.['value'];
  return typeof value === 'string' ? value : undefined;
};

/** BigQuery takes a missing useLegacySql for true, except that a `#standardSQL` line says otherwise. */
function isLegacyByDefault(query: JsonObject): boolean {
  const prefix = /^\s*#\s*(standard|legacy)sql\b/i.exec(String(query['query']))?.[1]?.toLowerCase();
  if (prefix !== undefined) return prefix === 'legacy';
  return true;
}

/** A body that names the project is believed where the path does not. */
function toProject({ call, projectId }: Exchange, json: JsonObject | undefined): string | undefined {
  if (!call!.hasProjectPlaceholder) return projectId;
  const fromBody = (json?.['jobReference'] as JsonObject | undefined)?.['projectId'];
  const found = typeof fromBody === 'string' && fromBody !== call!.params['projectId'] ? fromBody : projectId;
  if (found === undefined) throw new Refusal('REQUEST_NO_PROJECT');
  return found;
}

function toAskedJob({ call, projectId }: Exchange): JobRef | undefined {
  const jobId = call!.params['jobId'];
  if (jobId === undefined || projectId === undefined) return undefined;
  const location = call!.query.get('location');
  return { projectId, jobId, ...(location === null ? {} : { location }) };
}
