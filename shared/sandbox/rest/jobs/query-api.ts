import type { JobConfiguration, JobReference, QueryRequest } from '../../../bigquery/job.ts';
import { type Answer, toAnswer } from '../answer.ts';
import { parseCount, parseFlag } from '../query-parameters.ts';
import { type JsonObject, pathParam, type RestCall } from '../rest-call.ts';
import type { PageLimits, PageRequest } from '../rows/read-page.ts';
import { parseTimestampFormat } from '../rows/timestamp-format.ts';
import type { JobRecord } from './job-record.ts';
import type { JobRun, JobRunner } from './job-runner.ts';
import type { JobStore } from './job-store.ts';
import { toReference } from './parse-job.ts';
import { answerResults } from './query-results.ts';
import type { RequestIds } from './request-ids.ts';
import { waitForResults } from './wait-for-job.ts';

export type QueryApi = {
  readonly jobs: JobStore;
  readonly runner: JobRunner;
  readonly requestIds: RequestIds;
  readonly limits: PageLimits;
  readonly userEmail: string;
};

const kind = 'bigquery#queryResponse';

export async function query(api: QueryApi, call: RestCall): Promise<Answer> {
  const body = await call.readBody();
  const configuration = toConfiguration(body);
  const projectId = pathParam(call, 'projectId');
  const reference = toReference(projectId, pickLocation(body), api.runner.locate(configuration, projectId));
  const run = { reference, configuration, asked: { match: call.match, body } };
  if (configuration.dryRun === true) return answerDryRun(api, run);
  const record = api.requestIds.once(reference.projectId, body['requestId'], () => start(api, run));
  await waitForResults(record, parseCount('timeoutMs', body['timeoutMs']), call.signal);
  if (record.state !== 'DONE') return toAnswer({ kind, jobReference: record.reference, jobComplete: false });
  const request = toPageRequest(body);
  return answerResults(record, { kind, ...toName(record, request, body) }, request, api.limits, call.signal);
}

const start = ({ jobs, runner, userEmail }: QueryApi, run: JobRun): JobRecord =>
  jobs.start({ reference: run.reference, configuration: run.configuration, userEmail }, (record) => runner.run(run, record));

const pickLocation = ({ location }: JsonObject): Partial<JobReference> => (typeof location === 'string' ? { location } : {});

async function answerDryRun({ runner }: QueryApi, job: JobRun): Promise<Answer> {
  const { query, totalBytesProcessed } = await runner.dryRun(job);
  const { projectId, location } = job.reference;
  return toAnswer({
    kind,
    jobReference: { projectId, location },
    ...(query?.schema === undefined ? {} : { schema: query.schema }),
    jobComplete: true,
    totalBytesProcessed,
    cacheHit: false,
  });
}

/** The members of a jobs.query body that a job's configuration has too; what is about the answer stays behind. */
const queryMembers = [
  'query',
  'useLegacySql',
  'defaultDataset',
  'parameterMode',
  'queryParameters',
  'maximumBytesBilled',
  'useQueryCache',
  'createSession',
  'connectionProperties',
] as const satisfies readonly (keyof QueryRequest)[];

function toConfiguration(body: JsonObject): JobConfiguration {
  const members = queryMembers.flatMap((name) => (body[name] === undefined || body[name] === null ? [] : [[name, body[name]] as const]));
  const { labels, jobTimeoutMs } = body as QueryRequest;
  return {
    query: Object.fromEntries(members) as JobConfiguration['query'] & object,
    dryRun: parseFlag('dryRun', body['dryRun']) ?? false,
    ...(labels ? { labels } : {}),
    ...(jobTimeoutMs ? { jobTimeoutMs: String(jobTimeoutMs) } : {}),
  };
}

function toPageRequest(body: JsonObject): PageRequest {
  const { formatOptions = {} } = body as QueryRequest;
  return {
    startIndex: 0n,
    maxResults: parseCount('maxResults', body['maxResults']),
    timestampFormat: parseTimestampFormat(
      formatOptions.timestampOutputFormat,
      parseFlag('useInt64Timestamp', formatOptions.useInt64Timestamp),
    ),
  };
}

/** With JOB_CREATION_OPTIONAL a small result comes without a job: it has a `queryId`. What has more than one page needs the job. */
function toName(record: JobRecord, { maxResults }: PageRequest, body: JsonObject) {
  const totalRows = record.ending?.rows?.totalRows ?? 0n;
  const isSmall = totalRows <= 1_000n && (maxResults === undefined || totalRows <= BigInt(maxResults));
  const { jobId, location } = record.reference;
  if (body['jobCreationMode'] === 'JOB_CREATION_OPTIONAL' && isSmall) return { queryId: jobId, location };
  return { jobReference: record.reference, queryId: jobId, location };
}
