import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { QueryResponse } from '../../../bigquery/job.ts';
import { type Answer, toAnswer } from '../answer.ts';
import { countParameter } from '../query-parameters.ts';
import { pathParam, type RestCall } from '../rest-call.ts';
import { type PageLimits, type PageRequest, parsePageRequest, readPage } from '../rows/read-page.ts';
import type { JobRecord } from './job-record.ts';
import type { JobStore } from './job-store.ts';
import { jobOf } from './jobs-api.ts';
import { waitForResults } from './wait-for-job.ts';

export async function getQueryResults(jobs: JobStore, limits: PageLimits, call: RestCall): Promise<Answer> {
  const record = jobs.get(jobOf(call));
  if (record.configuration.query === undefined)
    throw new BigQueryError({ reason: 'invalid', message: `Cannot return results of a job that is no query: ${pathParam(call, 'jobId')}` });
  await waitForResults(record, countParameter(call.match.query, 'timeoutMs'), call.signal);
  const kind = 'bigquery#getQueryResultsResponse';
  if (record.state !== 'DONE') return toAnswer({ kind, jobReference: record.reference, jobComplete: false });
  return answerResults(
    record,
    { kind, jobReference: record.reference },
    parsePageRequest(call.match.query, toBinding(record)),
    limits,
    call.signal,
  );
}

/** What page tokens of a job's results are bound to. */
const toBinding = ({ reference }: JobRecord): string => `job ${reference.projectId}:${reference.jobId}`;

/** The result of a job that is DONE. Throws what it failed with. */
export function answerResults(
  record: JobRecord,
  head: Pick<QueryResponse, 'kind' | 'jobReference' | 'queryId' | 'location'>,
  request: PageRequest,
  limits: PageLimits,
  signal: AbortSignal,
): Answer {
  if (record.failure !== undefined) throw record.failure;
  const { rows, rowsRefusal } = record.ending ?? {};
  if (rowsRefusal !== undefined) throw rowsRefusal;
  const body = { ...head, ...toResultFacts(record) };
  if (rows === undefined) return toAnswer(body);
  return { body, page: readPage(rows, request, toBinding(record), limits, signal) };
}

function toResultFacts({ ending, configuration }: JobRecord): Omit<QueryResponse, 'kind' | 'jobReference'> {
  const { rows, statistics, sessionId } = ending ?? {};
  const query = statistics?.query;
  return {
    jobComplete: true,
    ...(rows === undefined ? {} : { schema: rows.schema }),
    totalRows: String(rows?.totalRows ?? 0n),
    totalBytesProcessed: query?.totalBytesProcessed ?? '0',
    ...(query?.totalBytesBilled === undefined ? {} : { totalBytesBilled: query.totalBytesBilled }),
    cacheHit: query?.cacheHit ?? false,
    ...(query?.numDmlAffectedRows === undefined ? {} : { numDmlAffectedRows: query.numDmlAffectedRows }),
    ...(query?.dmlStats === undefined ? {} : { dmlStats: query.dmlStats }),
    ...(sessionId === undefined || configuration.query?.createSession !== true ? {} : { sessionInfo: { sessionId } }),
  };
}
