import { setTimeout as sleep } from 'node:timers/promises';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { JobConfiguration } from '../../../bigquery/job.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { checkRequired } from './check-required.ts';
import type { JobEnding, JobRecord } from './job-record.ts';
import type { JobRun, JobRunner } from './job-runner.ts';
import { checkLocation, locateJob } from './locate-job.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';
import { runCopy } from './run-copy.ts';
import { runExtract } from './run-extract.ts';
import { runLoad } from './run-load.ts';
import { dryRunQuery, runQuery } from './run-query.ts';

/** Not `duplicate`: an HTTP 409 would say that the job itself exists. Nor `notFound`: what a query reads is looked up by the job. */
const analysisReasons: ReadonlySet<string> = new Set(['invalidQuery', 'invalid', 'accessDenied', 'notImplemented', 'required']);

export type EngineRunnerOptions = {
  /** How long a job takes at least, in ms: for tests of clients that wait. */
  readonly delayMs?: ((configuration: JobConfiguration) => number) | undefined;
};

export function createEngineRunner(engine: Engine, objects: ObjectStore, { delayMs }: EngineRunnerOptions = {}): JobRunner {
  return {
    locate: (configuration, projectId) => locateJob(engine, configuration, projectId),
    check(job) {
      checkRequired(job.configuration);
      refuseUnsupported(job.configuration);
      checkLocation(engine, job);
    },
    async run(job, record) {
      this.check(job);
      const timer = startTimeout(job, record);
      try {
        const waitMs = delayMs?.(job.configuration) ?? 0;
        const waiting = waitMs > 0 ? sleep(waitMs, undefined, { signal: record.abort.signal }) : undefined;
        const [ending] = await Promise.all([runKind(engine, objects, job, record), waiting]);
        return ending;
      } catch (error) {
        throw record.abort.signal.aborted ? toStopped(record.abort.signal.reason) : error;
      } finally {
        clearTimeout(timer);
      }
    },
    async dryRun(job) {
      this.check(job);
      return job.configuration.query === undefined ? { totalBytesProcessed: '0' } : dryRunQuery(engine, job);
    },
    isRefusedAtOnce: ({ reason }) => analysisReasons.has(reason),
  };
}

const timedOut = 'Job timed out';

function startTimeout({ configuration }: JobRun, { abort }: JobRecord): NodeJS.Timeout | undefined {
  const timeoutMs = Number(configuration.jobTimeoutMs ?? 0);
  return timeoutMs > 0 ? setTimeout(() => abort.abort(timedOut), Math.min(timeoutMs, 2 ** 31 - 1)).unref() : undefined;
}

function runKind(engine: Engine, objects: ObjectStore, job: JobRun, record: JobRecord): Promise<JobEnding> {
  const { signal } = record.abort;
  const { load, copy, extract } = job.configuration;
  if (load !== undefined) return runLoad(engine, objects, job, signal);
  if (copy !== undefined) return runCopy(engine, job, signal);
  if (extract !== undefined) return runExtract(engine, objects, job, signal);
  return runQuery(engine, job, record);
}

const toStopped = (why: unknown): BigQueryError =>
  new BigQueryError({
    reason: 'stopped',
    message: `Job execution was cancelled: ${why === timedOut ? timedOut : 'User requested cancellation'}`,
  });
