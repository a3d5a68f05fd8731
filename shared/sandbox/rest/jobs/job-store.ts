import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { type JobConfiguration, type JobReference, toJobName } from '../../../bigquery/job.ts';
import { toChildJobId } from '../../engine/script/child-job-id.ts';
import type { JobJournal } from './job-journal.ts';
import type { ChildJob, JobEnding, JobRecord } from './job-record.ts';

export type NewJob = {
  readonly reference: Required<JobReference>;
  readonly configuration: JobConfiguration;
  readonly userEmail: string;
};

/** All jobs of the sandbox, in memory: the newest `maxJobs`, and every one that still runs. */
export type JobStore = {
  /** Registers the job and starts `run`. Throws duplicate when the id is taken. */
  start(job: NewJob, run: (record: JobRecord) => Promise<JobEnding>): JobRecord;
  /** Throws notFound, also for a job of another location than the one asked for. */
  get(reference: JobReference): JobRecord;
  /** Forgets the job and its children. Throws notFound, and `invalid` while it runs. */
  delete(reference: JobReference): void;
  /** Newest first. */
  list(projectId: string): readonly JobRecord[];
  /** Jobs of an earlier sandbox. */
  restore(records: readonly JobRecord[]): void;
  /** Aborts what runs, and waits for it. */
  close(): Promise<void>;
};

export type JobStoreOptions = { readonly maxJobs?: number; readonly now?: () => number; readonly journal?: JobJournal | undefined };

export function createJobStore({ maxJobs = 20_000, now = Date.now, journal }: JobStoreOptions = {}): JobStore {
  const jobs = new Map<string, JobRecord>();
  const add = (record: JobRecord): JobRecord => {
    jobs.set(toKey(record.reference), record);
    journal?.append(record);
    forgetOldest(jobs, maxJobs);
    return record;
  };
  return {
    start({ reference, configuration, userEmail }, run) {
      if (jobs.has(toKey(reference)))
        throw new BigQueryError({ reason: 'duplicate', message: `Already Exists: Job ${toJobName(reference)}` });
      const record = add({ ...toPending(reference, configuration, userEmail, now()), parentJobId: undefined });
      record.addChild = (child) => {
        add(toChildRecord(record, child, record.childCount));
        record.childCount++;
      };
      record.settled = settle(record, run, now).then(() => journal?.append(record));
      return record;
    },
    get(reference) {
      const record = jobs.get(toKey(reference));
      if (record === undefined || !isFoundIn(record.reference.location, reference.location))
        throw new BigQueryError({ reason: 'notFound', message: `Not found: Job ${toJobName(reference)}` });
      return record;
    },
    delete(reference) {
      const { state, reference: own } = this.get(reference);
      if (state !== 'DONE')
        throw new BigQueryError({ reason: 'invalid', message: `Cannot delete a job that is not done: ${toJobName(own)}` });
      for (const [key, record] of jobs)
        if (key === toKey(own) || (record.parentJobId === own.jobId && record.reference.projectId === own.projectId)) {
          jobs.delete(key);
          journal?.appendDeleted(record.reference);
        }
    },
    list: (projectId) => [...jobs.values()].filter(({ reference }) => reference.projectId === projectId).reverse(),
    restore(records) {
      for (const record of records.slice(-maxJobs)) jobs.set(toKey(record.reference), record);
    },
    async close() {
      const running = [...jobs.values()].filter(({ state }) => state !== 'DONE');
      for (const { abort } of running) abort.abort();
      await Promise.all(running.map(({ settled }) => settled));
    },
  };
}

/** Jobs of the US and the EU are found without naming the location, those of regions are not. */
const isFoundIn = (location: string, asked: string | undefined): boolean =>
  asked === undefined ? /^(us|eu)$/i.test(location) : location.toLowerCase() === asked.toLowerCase();

const toKey = ({ projectId, jobId }: JobReference): string => `${projectId}:${jobId}`;

const toPending = (reference: Required<JobReference>, configuration: JobConfiguration, userEmail: string, at: number) => ({
  reference,
  configuration,
  userEmail,
  creationTime: at,
  abort: new AbortController(),
  state: 'PENDING' as const,
  startTime: undefined,
  endTime: undefined,
  ending: undefined,
  failure: undefined,
  childCount: 0,
  addChild: () => undefined,
  settled: Promise.resolve(),
});

async function settle(record: JobRecord, run: (record: JobRecord) => Promise<JobEnding>, now: () => number): Promise<void> {
  record.state = 'RUNNING';
  record.startTime = now();
  try {
    record.ending = await run(record);
    record.configuration = record.ending.configuration ?? record.configuration;
  } catch (error) {
    record.failure = toFailure(error);
  }
  record.endTime = now();
  record.state = 'DONE';
}

function toFailure(error: unknown): BigQueryError {
  if (error instanceof BigQueryError) return error;
  console.error('sandbox: a job failed by a fault of ours:', error);
  return new BigQueryError({
    reason: 'internalError',
    message: `An internal error occurred and the request could not be completed. ${error}`,
  });
}

/** Their ids are made from the parent's, so that they are the same whenever they are asked for. */
function toChildRecord(parent: JobRecord, child: ChildJob, index: number): JobRecord {
  const jobId = toChildJobId(parent.reference.jobId, index);
  return {
    ...toPending({ ...parent.reference, jobId }, child.configuration, parent.userEmail, child.startTime),
    parentJobId: parent.reference.jobId,
    state: 'DONE',
    startTime: child.startTime,
    endTime: child.endTime,
    ending: child.ending,
    failure: child.failure,
  };
}

function forgetOldest(jobs: Map<string, JobRecord>, maxJobs: number): void {
  if (jobs.size <= maxJobs) return;
  for (const [key, { state }] of jobs) {
    if (state !== 'DONE') continue;
    jobs.delete(key);
    return;
  }
}
