import { BODY_SIDES, type BodyInfo, type ExchangeDetail, type Header } from '../../../shared/contract/exchange.ts';
import type { CaseBundle } from '../case-bundle.ts';
import type { SqlRow } from '../database/case-database.ts';
import type { ReviewCase } from '../review-case.ts';
import { dropAbsent, toExchangeRow, toText } from './exchange-row.ts';
import { findExchange } from './find-exchange.ts';
import { toParameters } from './parameters.ts';

/** Everything known of one exchange but its bodies and rows. */
export async function getExchange(review: ReviewCase, exchangeId: string): Promise<ExchangeDetail> {
  const { row, source } = await findExchange(review, exchangeId);
  const number = row['number'] as bigint;
  const of = (table: string): Promise<readonly SqlRow[]> => review.database.all(`SELECT * FROM ${table} WHERE number = $1`, [number]);
  const [[statement], [job], [decision], [head], bodies, tables, intent, end] = await Promise.all([
    of('statement'),
    of('job'),
    of('decision'),
    of('head'),
    of('body'),
    of('referenced_table'),
    leafOf(source, row['seq']),
    leafOf(source, row['end_seq']),
  ]);
  const sameJob = await findSameJob(review, row);
  const requestHeaders = toHeaders(head?.['request_headers']);
  const responseHeaders = toHeaders(head?.['response_headers']);
  return dropAbsent({
    row: toExchangeRow(row),
    principal: toPrincipal(row),
    seq: String(row['seq']),
    leafHash: row['leaf_hash'],
    client: dropAbsent({ address: row['client_address'], door: row['door'] }),
    connection: row['connection'],
    projectId: row['project_id'],
    statement: statement === undefined ? undefined : toStatement(statement),
    decision: dropAbsent({
      effect: row['effect'],
      rules: row['rules'] ?? [],
      reason: decision?.['reason'],
      policyDigest: decision?.['policy_digest'],
    }),
    referencedTables: tables.map(toReferencedTable),
    timings: toTimings(end?.['timingsUs']),
    job: job === undefined ? undefined : toJob(job),
    sameJob,
    request: dropAbsent({
      httpMethod: row['http_method'],
      target: row['target'],
      httpVersion: row['http_version'],
      headers: requestHeaders,
    }),
    response: head?.['response_headers'] == null ? undefined : dropAbsent({ status: row['status'], headers: responseHeaders }),
    end: end?.['kind'] === 'end' ? toEnd(row) : undefined,
    reconcile: end?.['kind'] === 'reconcile' ? dropAbsent({ state: end['state'], detail: end['reason'] }) : undefined,
    bodies: toBodies(bodies, requestHeaders, responseHeaders),
    record: dropAbsent({
      intent: JSON.stringify(intent ?? {}, undefined, 2),
      end: end === undefined ? undefined : JSON.stringify(end, undefined, 2),
    }),
  }) as ExchangeDetail;
}

async function findSameJob(review: ReviewCase, row: SqlRow): Promise<ExchangeDetail['sameJob']> {
  if (row['job_id'] == null) return [];
  const rows = await review.database.all(
    `SELECT exchange_id, number, method_id FROM exchange
     WHERE job_id = $1 AND bundle_id = $2 AND number <> $3 AND job_project_id IS NOT DISTINCT FROM $4 ORDER BY number LIMIT 500`,
    [row['job_id'] as string, row['bundle_id'] as number, row['number'] as bigint, row['job_project_id'] as string],
  );
  return rows.map(
    (each) =>
      dropAbsent({
        exchangeId: each['exchange_id'],
        number: Number(each['number']),
        methodId: each['method_id'],
      }) as ExchangeDetail['sameJob'][number],
  );
}

/** From the evidence itself: what is shown as the record is the record. */
async function leafOf({ bundle }: CaseBundle, seq: unknown): Promise<Readonly<Record<string, unknown>> | undefined> {
  return seq == null ? undefined : (await bundle.leaf(Number(seq)))?.leaf;
}

const toPrincipal = (row: SqlRow): unknown =>
  dropAbsent({
    kind: row['principal_kind'] ?? 'unknown',
    issuer: row['issuer'] ?? '',
    subject: row['subject'] ?? '',
    label: row['who'],
    email: row['email'],
    name: row['person_name'],
    groups: row['groups'] ?? [],
    actChain: row['act_chain'] ?? [],
    tool: row['tool'],
  });

const toStatement = (row: SqlRow): unknown =>
  dropAbsent({
    sql: row['sql'] ?? '(redacted)',
    fingerprint: row['fingerprint'],
    statementType: row['statement_type'],
    dryRun: row['dry_run'] === true,
    parameters: toParameters(parseJsonValue(row['parameters'])),
  });

const toReferencedTable = (row: SqlRow): ExchangeDetail['referencedTables'][number] => ({
  table: [row['project_id'], row['dataset_id'], row['table_id']].filter((part) => part != null).join('.'),
  access: row['access'] as 'read' | 'write' | 'unknown',
  source: row['source'] as 'statement' | 'job',
});

const timingNames = ['identity', 'policy', 'intentDurable', 'upstreamFirstByte', 'upstreamLastByte'];

function toTimings(timings: unknown): ExchangeDetail['timings'] {
  const measured = (timings ?? {}) as Readonly<Record<string, number | undefined>>;
  return timingNames.flatMap((name) => (measured[name] === undefined ? [] : [{ name, ms: measured[name] / 1000 }]));
}

const statisticNames: Readonly<Record<string, string>> = {
  statement_type: 'statementType',
  total_bytes_processed: 'totalBytesProcessed',
  total_bytes_billed: 'totalBytesBilled',
  total_rows: 'totalRows',
  num_dml_affected_rows: 'numDmlAffectedRows',
  cache_hit: 'cacheHit',
};

const toJob = (job: SqlRow): unknown =>
  dropAbsent({
    projectId: job['project_id'],
    jobId: job['job_id'],
    location: job['location'],
    statistics: Object.entries(statisticNames).flatMap(([column, name]) =>
      job[column] == null ? [] : [{ name, value: String(job[column]) }],
    ),
    errorReason: job['error_reason'],
    errorMessage: job['error_message'],
  });

const toEnd = (row: SqlRow): unknown =>
  dropAbsent({
    outcome: row['outcome'],
    framing: row['framing'],
    reason: row['end_reason'],
    bytesFromUpstream: toText(row['bytes_from_upstream']),
    bytesToClient: toText(row['bytes_to_client']),
  });

function toBodies(rows: readonly SqlRow[], requestHeaders: readonly Header[], responseHeaders: readonly Header[]): BodyInfo[] {
  const bodies = rows.map((row) => {
    const headers = String(row['side']).endsWith('request') ? requestHeaders : responseHeaders;
    return dropAbsent({
      side: row['side'],
      bytes: Number(row['bytes']),
      contentType: row['side'] === 'cells' ? 'application/vnd.steno.cells' : findHeader(headers, 'content-type'),
      contentEncoding: row['side'] === 'cells' ? undefined : findHeader(headers, 'content-encoding'),
      present: row['stored'] === 'verbatim',
    }) as BodyInfo;
  });
  return bodies.sort((a, b) => BODY_SIDES.indexOf(a.side) - BODY_SIDES.indexOf(b.side));
}

export function toHeaders(json: unknown): Header[] {
  const pairs = parseJsonValue(json);
  return Array.isArray(pairs) ? pairs.map(([name, value]: [string, string]) => ({ name, value })) : [];
}

export const findHeader = (headers: readonly Header[], name: string): string | undefined =>
  headers.find((header) => header.name.toLowerCase() === name)?.value;

const parseJsonValue = (json: unknown): unknown => (typeof json === 'string' ? JSON.parse(json) : undefined);
