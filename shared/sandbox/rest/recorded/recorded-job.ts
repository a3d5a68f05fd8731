import { parseErrorEnvelope } from '../../../bigquery/error-envelope.ts';
import type { Job, JobConfiguration, QueryResponse } from '../../../bigquery/job.ts';
import type { TableSchema } from '../../../bigquery/schema.ts';
import type { RecordedError, RecordedJob } from '../recorded-answers.ts';
import type { JsonObject } from '../rest-call.ts';
import { type RecordedPage, toRecordedRows } from './recorded-pages.ts';

/** What is known of a job while its exchanges are read one by one. */
export type JobDraft = {
  readonly exchangeIds: string[];
  readonly pages: RecordedPage[];
  /** From the request, for want of a job resource. */
  configuration: JobConfiguration;
  job: Job | undefined;
  result: QueryResponse | undefined;
  schema: TableSchema | undefined;
  totalRows: bigint | undefined;
  error: RecordedError | undefined;
};

export const createJobDraft = (configuration: JobConfiguration): JobDraft => ({
  exchangeIds: [],
  pages: [],
  configuration,
  job: undefined,
  result: undefined,
  schema: undefined,
  totalRows: undefined,
  error: undefined,
});

/** A job resource says more the later it was fetched; one that has ended is the last word. */
export function addJobResource(draft: JobDraft, job: Job): void {
  if (draft.job?.status.state !== 'DONE' || job.status.state === 'DONE') draft.job = job;
}

export function addResult(draft: JobDraft, response: QueryResponse, page: RecordedPage | undefined): void {
  if (!response.jobComplete && response.rows === undefined && response.totalRows === undefined) return;
  draft.result ??= response;
  draft.schema ??= response.schema;
  if (response.totalRows !== undefined) draft.totalRows = BigInt(response.totalRows);
  if (page !== undefined) draft.pages.push(page);
}

export function addError(draft: JobDraft, body: JsonObject): void {
  const error = parseErrorEnvelope(body);
  if (error === undefined) return;
  const first = (body['error'] as { errors?: readonly { location?: string }[]; status?: string }) ?? {};
  draft.error = { ...error, location: first.errors?.[0]?.location, status: first.status };
}

export function toRecordedJob(draft: JobDraft): RecordedJob {
  const { exchangeIds, error, pages, schema, totalRows } = draft;
  const fetched = totalRows !== undefined && schema !== undefined;
  const rows = fetched ? toRecordedRows(pages, schema, totalRows) : undefined;
  return { exchangeIds, job: draft.job ?? toJob(draft), error, hasResult: draft.result !== undefined, rows };
}

/** The job as far as the query's own answer tells of it. */
function toJob({ configuration, result }: JobDraft): Job {
  const { totalBytesProcessed = '0', totalBytesBilled, cacheHit = false, numDmlAffectedRows, dmlStats, schema } = result ?? {};
  return {
    kind: 'bigquery#job',
    ...(result?.jobReference === undefined ? {} : { jobReference: result.jobReference }),
    configuration,
    status: { state: 'DONE' },
    statistics: {
      totalBytesProcessed,
      query: {
        totalBytesProcessed,
        cacheHit,
        ...(totalBytesBilled === undefined ? {} : { totalBytesBilled }),
        ...(numDmlAffectedRows === undefined ? {} : { numDmlAffectedRows }),
        ...(dmlStats === undefined ? {} : { dmlStats }),
        ...(schema === undefined ? {} : { schema }),
      },
      ...(result?.sessionInfo === undefined ? {} : { sessionInfo: result.sessionInfo }),
    },
  };
}
