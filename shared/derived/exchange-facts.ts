// One recorded exchange → one row per table. Pure; the order of values is the order of columns in tables.sql.ts.
import { type DuckDBValue, listValue, timestampValue } from '@duckdb/node-api';
import type { BundleExchange } from '../bundle/bundle.ts';
import type { End } from '../bundle/format.ts';
import type { AccessOf } from './table-access.ts';
import type { TableName } from './tables.sql.ts';

type Row = readonly (DuckDBValue | undefined)[];
export type ExchangeRows = Readonly<Partial<Record<TableName, readonly Row[]>>>;

const previewLength = 300;
/** The door of exchanges that the gateway began by itself, on behalf of a client's exchange. */
export const gatewayDoor = 'gateway';

export function toExchangeRows(exchange: BundleExchange, accessOf: AccessOf): ExchangeRows {
  return {
    exchange: [toExchangeRow(exchange)],
    statement: exchange.sql === undefined && exchange.intent.statement === undefined ? [] : [toStatementRow(exchange)],
    job: hasJob(exchange) ? [toJobRow(exchange)] : [],
    decision: [toDecisionRow(exchange)],
    head: [toHeadRow(exchange)],
    body: exchange.bodies.map(({ side, length, digests, stored }) => [exchange.number, side, length, digests.length, stored]),
    referenced_table: toTableRows(exchange, accessOf),
  };
}

function toExchangeRow(exchange: BundleExchange): Row {
  const { intent, end, identity, request } = exchange;
  const ended = endOf(exchange);
  const job = end?.job;
  const reference = job?.jobReference ?? intent.job;
  return [
    exchange.number,
    exchange.exchangeId,
    exchange.seq,
    exchange.leafHash,
    exchange.endSeq,
    toTimestamp(intent.at),
    ended === undefined ? undefined : (ended.monoUs - intent.monoUs) / 1000,
    identity?.email ?? identity?.name ?? identity?.subject ?? '(redacted)',
    identity?.kind,
    identity?.issuer,
    identity?.subject,
    identity?.email,
    identity?.name,
    listValue([...(identity?.groups ?? [])]),
    listValue([...(identity?.actChain ?? [])]),
    identity?.tool,
    request?.clientAddress,
    intent.door,
    intent.httpMethod,
    intent.httpVersion,
    request?.target ?? '(redacted)',
    intent.methodId,
    intent.projectId,
    intent.connection,
    intent.decision.effect,
    listValue([...intent.decision.rules]),
    toOutcome(exchange),
    exchange.response?.status ?? ended?.status,
    ended?.framing,
    end?.reason,
    ended?.bytesFromUpstream,
    ended?.bytesToClient,
    job?.statementType ?? intent.statement?.statementType,
    exchange.sql?.slice(0, previewLength),
    isDryRun(exchange),
    listValue([...new Set([...(intent.statement?.referencedTables ?? []), ...(job?.referencedTables ?? [])])]),
    reference?.projectId,
    reference?.jobId,
    reference?.location,
    toBigInt(job?.totalBytesProcessed),
    toBigInt(job?.totalRows),
    job?.cacheHit,
    toJobError(exchange.jobError).reason,
    mayHoldRows(exchange),
    listValue([...exchange.redacted]),
  ];
}

function toStatementRow(exchange: BundleExchange): Row {
  const { number, sql, intent, end, parameters } = exchange;
  return [
    number,
    sql,
    sql?.toLowerCase(),
    intent.statement?.fingerprint,
    end?.job?.statementType ?? intent.statement?.statementType,
    isDryRun(exchange),
    parameters === undefined ? undefined : JSON.stringify(parameters),
  ];
}

/** The gateway's own question what a statement would cost is one, too. */
const isDryRun = ({ intent }: BundleExchange): boolean => intent.statement?.dryRun === true || intent.door === gatewayDoor;

const hasJob = ({ end, intent, jobError }: BundleExchange): boolean =>
  end?.job !== undefined || intent.job !== undefined || jobError !== undefined;

function toJobRow({ number, intent, end, jobError }: BundleExchange): Row {
  const job = end?.job;
  const reference = job?.jobReference ?? intent.job;
  const error = toJobError(jobError);
  return [
    number,
    reference?.projectId,
    reference?.jobId,
    reference?.location,
    job?.statementType,
    toBigInt(job?.totalBytesProcessed),
    toBigInt(job?.totalBytesBilled),
    toBigInt(job?.totalRows),
    toBigInt(job?.numDmlAffectedRows),
    job?.cacheHit,
    error.reason,
    error.message,
  ];
}

function toDecisionRow({ number, intent }: BundleExchange): Row {
  const { effect, rules, reason, policyDigest } = intent.decision;
  return [number, effect, listValue([...rules]), reason, policyDigest, intent.approval?.approvalId, intent.approval?.state];
}

function toHeadRow({ number, request, response, upstreamRequest }: BundleExchange): Row {
  const toJson = (headers: unknown): string | undefined => (headers === undefined ? undefined : JSON.stringify(headers));
  return [
    number,
    toJson(request?.headers),
    toJson(response?.headers),
    upstreamRequest?.method,
    upstreamRequest?.url,
    toJson(upstreamRequest?.headers),
  ];
}

function toTableRows({ number, intent, end }: BundleExchange, accessOf: AccessOf): readonly Row[] {
  const rowsOf = (names: readonly string[] | undefined, source: string): Row[] =>
    (names ?? []).map((name) => [number, ...splitTableName(name), accessOf(name), source]);
  return [...rowsOf(intent.statement?.referencedTables, 'statement'), ...rowsOf(end?.job?.referencedTables, 'job')];
}

const endOf = ({ end }: BundleExchange): End | undefined => (end?.kind === 'end' ? end : undefined);

const toOutcome = ({ end }: BundleExchange): string => (end === undefined ? 'unfinished' : end.kind === 'end' ? end.outcome : 'reconciled');

const rowMethods: readonly (string | undefined)[] = ['bigquery.jobs.query', 'bigquery.jobs.getQueryResults', 'bigquery.tabledata.list'];

/** DDL and DML; a script or a procedure may end with a SELECT. */
export const returnsNoRows = /^(INSERT|UPDATE|DELETE|MERGE|TRUNCATE_TABLE|CREATE_|DROP_|ALTER_|EXPORT_DATA|LOAD_DATA|GRANT|REVOKE)/;

export const statementTypeOf = ({ intent, end }: BundleExchange): string | undefined =>
  end?.job?.statementType ?? intent.statement?.statementType;

function mayHoldRows(exchange: BundleExchange): boolean {
  const status = exchange.response?.status ?? endOf(exchange)?.status;
  if (!rowMethods.includes(exchange.intent.methodId) || status !== 200 || isDryRun(exchange)) return false;
  if (returnsNoRows.test(exchange.end?.job?.statementType ?? exchange.intent.statement?.statementType ?? '')) return false;
  return exchange.bodies.some(({ side, stored, length }) => side === 'response' && stored === 'verbatim' && length > 0);
}

/** BigQuery's ErrorProto, wherever the recorder found it. */
function toJobError(error: unknown): { reason?: string; message?: string } {
  if (typeof error !== 'object' || error === null) return {};
  const { reason, message } = error as { reason?: unknown; message?: unknown };
  return { ...(typeof reason === 'string' ? { reason } : {}), ...(typeof message === 'string' ? { message } : {}) };
}

/** `project.dataset.table`; a domain-scoped project holds dots and a colon: `example.com:project.dataset.table`. */
export function splitTableName(name: string): readonly [string | undefined, string | undefined, string] {
  const parts = name.split('.');
  const tableId = parts.pop() ?? name;
  const datasetId = parts.pop();
  return [parts.length === 0 ? undefined : parts.join('.'), datasetId, tableId];
}

export const toTimestamp = (instant: string): DuckDBValue => timestampValue(BigInt(Date.parse(instant)) * 1000n);
/** A text that no BIGINT holds is left to the leaf, which shows it as it is. */
function toBigInt(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
