import { type ErrorProto, toErrorProto } from '../../../bigquery/error-envelope.ts';
import { type Job, type JobStatus, type JobType, toJobName } from '../../../bigquery/job.ts';
import { toEtag } from '../resources/conditions.ts';
import type { JobRecord } from './job-record.ts';

/** The job as jobs.get answers it, now. `origin` is what `selfLink` begins with. */
export function toJobResource(record: JobRecord, origin: string): Job {
  const { reference } = record;
  const content = {
    id: toJobName(reference),
    selfLink: `${origin}/bigquery/v2/projects/${reference.projectId}/jobs/${reference.jobId}?location=${reference.location}`,
    user_email: record.userEmail,
    configuration: { ...record.configuration, jobType: toJobType(record) },
    jobReference: reference,
    statistics: toStatistics(record),
    status: toStatus(record),
    jobCreationReason: { code: 'REQUESTED' },
  };
  return { kind: 'bigquery#job', etag: toEtag(content), ...content };
}

export function toJobType({ configuration }: JobRecord): JobType {
  if (configuration.load !== undefined) return 'LOAD';
  if (configuration.copy !== undefined) return 'COPY';
  return configuration.extract === undefined ? 'QUERY' : 'EXTRACT';
}

export function toStatus({ state, failure, ending }: JobRecord): JobStatus {
  if (failure !== undefined) {
    const errorResult = toErrorProto(failure);
    return { state, errorResult, errors: [errorResult] };
  }
  const warnings: readonly ErrorProto[] = ending?.warnings ?? [];
  return { state, ...(warnings.length > 0 ? { errors: warnings } : {}) };
}

function toStatistics({ creationTime, startTime, endTime, ending, parentJobId, childCount }: JobRecord): Job['statistics'] {
  return {
    creationTime: String(creationTime),
    ...(startTime === undefined ? {} : { startTime: String(startTime) }),
    ...(endTime === undefined ? {} : { endTime: String(endTime), finalExecutionDurationMs: String(endTime - (startTime ?? endTime)) }),
    ...(parentJobId === undefined ? {} : { parentJobId }),
    ...ending?.statistics,
    ...(childCount > 0 ? { numChildJobs: String(childCount) } : {}),
    ...(ending?.sessionId === undefined ? {} : { sessionInfo: { sessionId: ending.sessionId } }),
  };
}
