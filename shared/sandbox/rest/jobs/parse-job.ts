import { randomUUID } from 'node:crypto';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { JobConfiguration, JobReference } from '../../../bigquery/job.ts';
import type { JsonObject } from '../rest-call.ts';
import type { JobRunner } from './job-runner.ts';

export type JobRequest = { readonly reference: Required<JobReference>; readonly configuration: JobConfiguration };

const kinds = ['query', 'load', 'copy', 'extract'] as const;

const invalid = (message: string): BigQueryError => new BigQueryError({ reason: 'invalid', message });

/** The job a jobs.insert body asks for. Throws `required` or `invalid`. */
export function parseJob(body: JsonObject, projectId: string, locate: JobRunner['locate']): JobRequest {
  const configuration = body['configuration'] as JobConfiguration | undefined;
  if (typeof configuration !== 'object' || configuration === null)
    throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: configuration' });
  const given = kinds.filter((kind) => configuration[kind] !== undefined);
  if (given.length !== 1)
    throw invalid('Job configuration must contain exactly one job-specific configuration object (e.g., query, load, extract)');
  const reference = (body['jobReference'] ?? {}) as Partial<JobReference>;
  if (reference.projectId !== undefined && reference.projectId !== projectId && !isPlaceholder(reference.projectId))
    throw invalid(`The project in the path (${projectId}) is not the project of the job reference (${reference.projectId})`);
  return { reference: toReference(projectId, reference, locate(configuration, projectId)), configuration };
}

const isPlaceholder = (projectId: string): boolean => projectId === '{{projectId}}';

export function toReference(projectId: string, given: Partial<JobReference>, defaultLocation: string): Required<JobReference> {
  const jobId = given.jobId || createJobId();
  if (!/^[A-Za-z0-9_-]{1,1024}$/.test(jobId)) throw invalid(`Invalid job ID "${jobId}"`);
  return { projectId, jobId, location: given.location || defaultLocation };
}

/** As BigQuery names the jobs that come without a name. */
const createJobId = (): string => `job_${randomUUID().replaceAll('-', '')}`;
