import type { Variable } from '../../../googlesql/analyze/analyze-options.ts';
import { BOOL, INT64, STRING } from '../../../googlesql/types/sql-type.ts';
import { quoteText } from '../duck/quote.ts';
import type { QueryRequest } from '../engine.ts';
import type { Session } from './session.ts';

const text = (name: string, value: string | undefined): Variable => ({
  name,
  type: STRING,
  duckSql: value === undefined ? 'CAST(NULL AS VARCHAR)' : quoteText(value),
});
const integer = (name: string, value: bigint): Variable => ({ name, type: INT64, duckSql: `CAST(${value} AS BIGINT)` });

/** https://cloud.google.com/bigquery/docs/reference/system-variables */
export function systemVariables(session: Session, request: QueryRequest): readonly Variable[] {
  const { system, error } = session;
  return [
    text('project_id', request.projectId),
    text('dataset_project_id', request.defaultDataset?.projectId ?? request.projectId),
    text('dataset_id', request.defaultDataset?.datasetId),
    text('time_zone', system.timeZone),
    text('session_id', session.id),
    text('current_job_id', request.jobId),
    text('last_job_id', system.lastJobId),
    integer('row_count', system.rowCount),
    text('script.creation_time', undefined),
    text('script.job_id', request.jobId),
    integer('script.bytes_processed', system.bytesProcessed),
    integer('script.bytes_billed', system.bytesProcessed),
    integer('script.slot_ms', 0n),
    integer('script.num_child_jobs', 0n),
    text('error.message', error?.message),
    text('error.statement_text', error?.statementText),
    text('error.formatted_stack_trace', error?.stack),
    { name: 'transaction.in_progress', type: BOOL, duckSql: session.transactionId === undefined ? 'FALSE' : 'TRUE' },
    text('query_label', undefined),
  ];
}
