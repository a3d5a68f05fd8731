import type { Answer } from '../answer.ts';
import { toAnswer } from '../answer.ts';
import { type JsonObject, pathParam, type RestCall } from '../rest-call.ts';
import type { JobRecord } from './job-record.ts';
import { toJobResource } from './job-resource.ts';
import type { JobRun } from './job-runner.ts';
import { parseJob } from './parse-job.ts';
import type { QueryApi } from './query-api.ts';
import { waitForJob } from './wait-for-job.ts';

/**
 * How long jobs.insert watches a query, in ms: until it is known what it will do, and a moment longer. BigQuery refuses what fails in analysis with an HTTP
 * error, and answers the rest with a job that names its destination.
 */
const planningMs = 1_000;
const graceMs = 200;

export async function insertJob(
  api: QueryApi,
  call: RestCall,
  body: JsonObject,
  uploadPath?: string,
  cleanUp?: () => void,
): Promise<Answer> {
  const request = parseJob(body, pathParam(call, 'projectId'), api.runner.locate);
  const run = { ...request, uploadPath, asked: { match: call.match, body } };
  if (request.configuration.dryRun === true) return answerDryRun(api, run, call.origin);
  if (request.configuration.query === undefined) api.runner.check(run);
  const record = startJob(api, run, cleanUp);
  if (request.configuration.query !== undefined) {
    await waitForPlan(record, call.signal);
    if (record.failure !== undefined && api.runner.isRefusedAtOnce(record.failure)) throw record.failure;
  }
  return toAnswer(toJobResource(record, call.origin));
}

async function waitForPlan(record: JobRecord, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  record.onPlanned = resolve;
  await Promise.race([promise, waitForJob(record, planningMs, signal)]);
  await waitForJob(record, graceMs, signal);
}

function startJob({ jobs, runner, userEmail }: QueryApi, run: JobRun, cleanUp: () => void = () => undefined): JobRecord {
  const { reference, configuration } = run;
  return jobs.start({ reference, configuration, userEmail }, async (record) => {
    try {
      return await runner.run(run, record);
    } finally {
      cleanUp();
    }
  });
}

/** A dry run leaves no job: its reference has no id, and it is DONE at once. */
async function answerDryRun({ runner, userEmail }: QueryApi, run: JobRun, origin: string): Promise<Answer> {
  const statistics = await runner.dryRun(run);
  const { projectId, location } = run.reference;
  const now = Date.now();
  const record: JobRecord = {
    reference: run.reference,
    configuration: run.configuration,
    userEmail,
    creationTime: now,
    startTime: undefined,
    endTime: undefined,
    parentJobId: undefined,
    abort: new AbortController(),
    state: 'DONE',
    ending: { statistics },
    failure: undefined,
    childCount: 0,
    addChild: () => undefined,
    settled: Promise.resolve(),
  };
  return toAnswer({ ...toJobResource(record, origin), id: `${projectId}:${location}.`, jobReference: { projectId, location } });
}
