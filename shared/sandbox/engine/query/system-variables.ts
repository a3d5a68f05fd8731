import type { Variable } from '../../../googlesql/analyze/analyze-options.ts';
import { BOOL, INT64, STRING, TIMESTAMP } from '../../../googlesql/types/sql-type.ts';
import { quoteText } from '../duck/quote.ts';
import type { QueryRequest } from '../engine.ts';
import { toChildJobId } from '../script/child-job-id.ts';
import { errorVariables } from '../script/error-variables.ts';
import { toBilledBytes } from './measure-bytes.ts';
import type { Session } from './session.ts';

const text = (name: string, value: string | undefined): Variable => ({
  name,
  type: STRING,
  duckSql: value === undefined ? 'CAST(NULL AS VARCHAR)' : quoteText(value),
});
const integer = (name: string, value: bigint): Variable => ({ name, type: INT64, duckSql: `CAST(${value} AS BIGINT)` });

/** https://cloud.google.com/bigquery/docs/reference/system-variables */
export function systemVariables(session: Session, request: QueryRequest): readonly Variable[] {
  const { system, error, createdAt } = session;
  const { jobId } = request;
  return [
    text('project_id', request.projectId),
    text('dataset_project_id', system.datasetProjectId ?? request.defaultDataset?.projectId ?? request.projectId),
    text('dataset_id', system.datasetId ?? request.defaultDataset?.datasetId),
    text('time_zone', system.timeZone),
    text('session_id', session.id),
    text('current_job_id', request.jobId),
    text('last_job_id', jobId === undefined || system.childJobs === 0 ? undefined : toChildJobId(jobId, system.childJobs - 1)),
    integer('row_count', system.rowCount),
    { name: 'script.creation_time', type: TIMESTAMP, duckSql: `make_timestamptz(${BigInt(createdAt) * 1000n})` },
    text('script.job_id', request.jobId),
    integer('script.bytes_processed', system.bytesProcessed),
    integer('script.bytes_billed', toBilledBytes(system.bytesProcessed)),
    integer('script.slot_ms', 0n),
    integer('script.num_child_jobs', BigInt(system.childJobs)),
    ...errorVariables(error),
    { name: 'transaction.in_progress', type: BOOL, duckSql: session.transactionId === undefined ? 'FALSE' : 'TRUE' },
    text('query_label', system.queryLabel),
  ];
}
