import type { Overview, SessionSummary } from '../../../shared/contract/case.ts';
import type { Finding } from '../../../shared/contract/finding.ts';
import type { SqlRow } from '../database/case-database.ts';
import { dropAbsent, toInstant } from '../exchange/exchange-row.ts';
import type { ReviewCase } from '../review-case.ts';
import * as queries from './overview.sql.ts';

/** Who, when, with what, to what effect: counted over all tables of the case. */
export async function getOverview(review: ReviewCase, findings: readonly Finding[]): Promise<Overview> {
  const ask = (sql: string): Promise<readonly SqlRow[]> => review.database.all(sql);
  const [[totals], sessions, outcomes, types, tools, rules, tables, dearest] = await Promise.all([
    ask(queries.totals),
    ask(queries.sessions),
    ask(queries.outcomes),
    ask(queries.statementTypes),
    ask(queries.tools),
    ask(queries.rules),
    ask(queries.tables),
    ask(queries.dearest),
  ]);
  return dropAbsent({
    sessions: sessions.map((row) => toSession(review, row)),
    totals: toTotals(totals),
    firstAt: totals?.['first_at'] == null ? undefined : toInstant(totals['first_at']),
    lastAt: totals?.['last_at'] == null ? undefined : toInstant(totals['last_at']),
    outcomes: outcomes.map((row) => ({ outcome: row['outcome'], effect: row['effect'], exchanges: Number(row['exchanges']) })),
    statementTypes: types.map((row) => ({
      statementType: row['statement_type'],
      exchanges: Number(row['exchanges']),
      denied: Number(row['denied']),
      bytesProcessed: String(row['bytes_processed']),
    })),
    tools: tools.map((row) => ({ tool: row['tool'], exchanges: Number(row['exchanges']) })),
    rules: rules.map((row) => ({ rule: row['rule'], effect: row['effect'], exchanges: Number(row['exchanges']) })),
    datasets: toDatasets(tables),
    dearest: dearest.map((row) => ({
      exchangeId: row['exchange_id'],
      number: Number(row['number']),
      sql: row['sql_preview'],
      bytesProcessed: String(row['total_bytes_processed']),
    })),
    findings: countFindings(findings),
  }) as Overview;
}

function toTotals(row: SqlRow | undefined): Overview['totals'] {
  const count = (name: string): number => Number(row?.[name] ?? 0);
  const int64 = (name: string): string => String(row?.[name] ?? 0);
  return {
    exchanges: count('exchanges'),
    statements: count('statements'),
    denied: count('denied'),
    failed: count('failed'),
    dryRuns: count('dry_runs'),
    rowsReturned: int64('rows_returned'),
    bytesProcessed: int64('bytes_processed'),
    bytesToClient: int64('bytes_to_client'),
  };
}

function toSession(review: ReviewCase, row: SqlRow): SessionSummary {
  const source = review.bundles.find((each) => each.bundleId === row['bundle_id']);
  return dropAbsent({
    bundleId: Number(row['bundle_id']),
    sessionId: row['session_id'],
    name: row['session_name'],
    principal: dropAbsent({
      kind: row['principal_kind'] ?? 'unknown',
      issuer: row['issuer'] ?? '',
      subject: row['subject'] ?? '',
      label: row['label'] ?? row['subject'] ?? '(redacted)',
      groups: [],
      actChain: [],
      tool: row['tool'],
    }),
    startedAt: row['started_at'] == null ? undefined : toInstant(row['started_at']),
    endedAt: row['ended_at'] == null ? undefined : toInstant(row['ended_at']),
    state: row['state'],
    closeReason: row['close_reason'],
    exchanges: Number(row['exchanges']),
    statements: Number(row['statements']),
    verdict: source?.verdict,
  }) as SessionSummary;
}

function toDatasets(rows: readonly SqlRow[]): Overview['datasets'] {
  const datasets = new Map<string, Overview['datasets'][number]>();
  for (const row of rows) {
    const dataset = String(row['dataset']);
    const sum = datasets.get(dataset) ?? { dataset, tables: [], reads: 0, writes: 0, denied: 0 };
    const [reads, writes] = [Number(row['reads']), Number(row['writes'])];
    sum.tables.push({ table: String(row['table_id']), reads, writes });
    datasets.set(dataset, { ...sum, reads: sum.reads + reads, writes: sum.writes + writes, denied: sum.denied + Number(row['denied']) });
  }
  return [...datasets.values()].sort((a, b) => b.reads + b.writes - a.reads - a.writes);
}

function countFindings(findings: readonly Finding[]): Overview['findings'] {
  const counts = { high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}
