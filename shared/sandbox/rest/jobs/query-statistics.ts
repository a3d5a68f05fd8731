import type { JobStatistics, QueryStatistics } from '../../../bigquery/job.ts';
import type { QueryOutcome } from '../../engine/engine.ts';

/** What jobs.get tells of a query that ran. */
export function toQueryStatistics(outcome: QueryOutcome): Partial<JobStatistics> {
  const { totalBytesProcessed } = outcome;
  const slotMs = String(Math.max(0, outcome.endTime - outcome.startTime));
  return {
    totalBytesProcessed,
    totalSlotMs: slotMs,
    ...(outcome.transactionId === undefined ? {} : { transactionInfo: { transactionId: outcome.transactionId } }),
    query: { ...toFacts(outcome), totalSlotMs: slotMs, ...(outcome.statementType === 'SCRIPT' ? {} : { queryPlan: toPlan(outcome) }) },
  };
}

const copied = [
  'statementType',
  'totalBytesProcessed',
  'totalBytesBilled',
  'cacheHit',
  'schema',
  'numDmlAffectedRows',
  'dmlStats',
  'ddlOperationPerformed',
  'ddlTargetTable',
  'ddlTargetRoutine',
  'ddlTargetDataset',
  'ddlDestinationTable',
  'loadQueryStatistics',
  'exportDataStatistics',
  'undeclaredQueryParameters',
] as const;

function toFacts(outcome: QueryOutcome): QueryStatistics {
  const facts = copied.flatMap((name) => (outcome[name] === undefined ? [] : [[name, outcome[name]] as const]));
  const { referencedTables, referencedRoutines } = outcome;
  return {
    ...Object.fromEntries(facts),
    billingTier: 1,
    totalPartitionsProcessed: '0',
    transferredBytes: '0',
    ...(referencedTables.length > 0 ? { referencedTables } : {}),
    ...(referencedRoutines.length > 0 ? { referencedRoutines } : {}),
  };
}

/** One stage: DuckDB's own plan says nothing about BigQuery's. */
function toPlan({ startTime, endTime, totalRows, numDmlAffectedRows }: QueryOutcome): readonly unknown[] {
  return [
    {
      name: 'S00: Output',
      id: '0',
      startMs: String(startTime),
      endMs: String(endTime),
      recordsRead: totalRows ?? '0',
      recordsWritten: totalRows ?? numDmlAffectedRows ?? '0',
      status: 'COMPLETE',
      steps: [],
    },
  ];
}
