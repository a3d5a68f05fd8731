import type { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { Job, JobConfiguration, JobReference, JobState, JobStatistics } from '../../../bigquery/job.ts';
import type { RowSource } from '../rows/row-source.ts';

/** What a job left behind when it ended well. */
export type JobEnding = {
  /** What only the end knows of the configuration, such as the anonymous destination table. */
  readonly configuration?: JobConfiguration;
  readonly statistics: Partial<JobStatistics>;
  /** Rows to fetch; undefined for statements that answer none. */
  readonly rows?: RowSource;
  /** Why rows that there were cannot be given. */
  readonly rowsRefusal?: BigQueryError;
  readonly sessionId?: string;
  readonly warnings?: NonNullable<Job['status']['errors']>;
};

/** A statement of a script that has run: a job of its own. */
export type ChildJob = {
  readonly configuration: JobConfiguration;
  readonly startTime: number;
  readonly endTime: number;
  readonly ending: JobEnding;
  readonly failure?: BigQueryError;
};

/** A job while the sandbox knows it. Times in epoch milliseconds. */
export type JobRecord = {
  readonly reference: Required<JobReference>;
  readonly userEmail: string;
  readonly creationTime: number;
  readonly parentJobId: string | undefined;
  readonly abort: AbortController;
  configuration: JobConfiguration;
  state: JobState;
  startTime: number | undefined;
  endTime: number | undefined;
  ending: JobEnding | undefined;
  failure: BigQueryError | undefined;
  /** Of a script: the statements that have run so far. */
  childCount: number;
  addChild(child: ChildJob): void;
  /** Called once it is known what the job will do. */
  onPlanned?: () => void;
  /** Resolves, never rejects, when the job is DONE. */
  settled: Promise<void>;
};
