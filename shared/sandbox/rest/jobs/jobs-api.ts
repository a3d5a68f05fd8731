import type { JobReference } from '../../../bigquery/job.ts';
import { type Answer, toAnswer } from '../answer.ts';
import { enumParameter, parseRowIndex, textParameter } from '../query-parameters.ts';
import { toEtag } from '../resources/conditions.ts';
import { toListPage } from '../resources/list-page.ts';
import { pathParam, type RestCall } from '../rest-call.ts';
import type { JobRecord } from './job-record.ts';
import { toJobResource, toStatus } from './job-resource.ts';
import type { JobStore } from './job-store.ts';
import { waitForLook } from './wait-for-job.ts';

export const jobOf = (call: RestCall): JobReference => {
  const location = textParameter(call.match.query, 'location');
  return { projectId: pathParam(call, 'projectId'), jobId: pathParam(call, 'jobId'), ...(location === undefined ? {} : { location }) };
};

export async function getJob(jobs: JobStore, call: RestCall): Promise<Answer> {
  const record = jobs.get(jobOf(call));
  await waitForLook(record, call.signal);
  const job = toJobResource(record, call.origin);
  return { headers: { etag: job.etag ?? '' }, body: job };
}

/** Answers when the job has stopped, or a moment later while it is still stopping, as BigQuery does. */
export async function cancelJob(jobs: JobStore, call: RestCall): Promise<Answer> {
  const record = jobs.get(jobOf(call));
  record.abort.abort();
  await Promise.race([record.settled, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  return toAnswer({ kind: 'bigquery#jobCancelResponse', job: toJobResource(record, call.origin) });
}

/** Only the job's metadata goes; its results stay where they are. Answers `{}`, unlike the other deletes: so does Google. */
export function deleteJob(jobs: JobStore, call: RestCall): Answer {
  jobs.delete(jobOf(call));
  return toAnswer({});
}

export function listJobs(jobs: JobStore, call: RestCall): Answer {
  const { query } = call.match;
  const projectId = pathParam(call, 'projectId');
  const parentJobId = textParameter(query, 'parentJobId');
  const wanted = jobs.list(projectId).filter((record) => record.parentJobId === parentJobId && isWanted(record, query));
  const { items, nextPageToken } = toListPage(wanted, query, `jobs ${projectId} ${parentJobId ?? ''}`, { defaultSize: 500 });
  const isFull = enumParameter(query, 'projection', ['MINIMAL', 'FULL']) === 'FULL';
  const listed = items.map((record) => toListItem(record, call.origin, isFull));
  return toAnswer({ kind: 'bigquery#jobList', etag: toEtag(listed), ...nextPageToken, jobs: listed });
}

const jobStates = ['DONE', 'PENDING', 'RUNNING'] as const;

function isWanted({ state, creationTime }: JobRecord, query: URLSearchParams): boolean {
  const states = query
    .getAll('stateFilter')
    .map((each) => enumParameter(new URLSearchParams({ stateFilter: each }), 'stateFilter', jobStates));
  const from = parseRowIndex('minCreationTime', query.get('minCreationTime'));
  const to = parseRowIndex('maxCreationTime', query.get('maxCreationTime'));
  return (states.length === 0 || states.includes(state)) && (from ?? 0n) <= creationTime && (to === undefined || creationTime <= to);
}

function toListItem(record: JobRecord, origin: string, isFull: boolean): object {
  const { configuration, etag: _etag, selfLink: _selfLink, ...job } = toJobResource(record, origin);
  const { state, errorResult } = toStatus(record);
  const shown = isFull ? configuration : { jobType: configuration.jobType };
  return { ...job, configuration: shown, state, ...(errorResult === undefined ? {} : { errorResult }) };
}
