import type { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { JobConfiguration, JobReference, JobStatistics } from '../../../bigquery/job.ts';
import type { MethodMatch } from '../../../bigquery/match-method.ts';
import type { JsonObject } from '../rest-call.ts';
import type { JobEnding, JobRecord } from './job-record.ts';

export type JobRun = {
  readonly reference: Required<JobReference>;
  readonly configuration: JobConfiguration;
  /** The file that was uploaded with a load job. */
  readonly uploadPath?: string | undefined;
  /** The request as it came. */
  readonly asked: { readonly match: MethodMatch; readonly body: JsonObject };
};

/** Who does the work of jobs: the engine, or a recording. */
export interface JobRunner {
  /** Where a job runs that names no location: where its datasets are. */
  locate(configuration: JobConfiguration, projectId: string): string;
  /** Throws BigQueryError for what no job of this configuration could do, before it begins. */
  check(job: JobRun): void;
  /** Throws BigQueryError; with reason `stopped` once the record's signal is aborted. */
  run(job: JobRun, record: JobRecord): Promise<JobEnding>;
  /** What a dry run would answer. Throws what the run would throw before it began. */
  dryRun(job: JobRun): Promise<Pick<JobStatistics, 'totalBytesProcessed' | 'query'>>;
  /** Whether jobs.insert answers a query that failed so with an HTTP error, as BigQuery does with what fails in analysis, and not with a job. */
  isRefusedAtOnce(failure: BigQueryError): boolean;
}
