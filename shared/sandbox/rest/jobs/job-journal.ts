import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { isErrorReason } from '../../../bigquery/error-reason.ts';
import { type JobReference, type TableReference, toJobName } from '../../../bigquery/job.ts';
import type { TableSchema } from '../../../bigquery/schema.ts';
import type { RowSource } from '../rows/row-source.ts';
import type { JobEnding, JobRecord } from './job-record.ts';

/** Jobs on disk: a line when one begins, another when it ends, so that a sandbox that starts again knows them. */
export type JobJournal = {
  append(record: JobRecord): void;
  appendDeleted(reference: JobReference): void;
};

/** Gives a result's rows back from its table. */
export type OpenResult = (table: TableReference, schema: TableSchema, totalRows: bigint) => RowSource;

type SavedRows = { readonly table: TableReference; readonly schema: TableSchema; readonly totalRows: string };
type SavedJob = Pick<JobRecord, 'reference' | 'userEmail' | 'creationTime' | 'configuration' | 'state' | 'childCount'> & {
  readonly parentJobId?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly ending?: Omit<JobEnding, 'rows' | 'rowsRefusal'> & { readonly rows?: SavedRows };
  readonly failure?: { readonly reason: string; readonly message: string; readonly location?: string };
  readonly isDeleted?: boolean;
};

export const createJobJournal = (path: string): JobJournal => ({
  append: (record) => appendFileSync(path, `${JSON.stringify(toSaved(record))}\n`),
  appendDeleted: (reference) => appendFileSync(path, `${JSON.stringify({ reference, isDeleted: true })}\n`),
});

/** What earlier sandboxes left, in order of beginning; the file is shortened to it. A line cut short by a crash is passed over. */
export function readJobJournal(path: string, open: OpenResult): readonly JobRecord[] {
  if (!existsSync(path)) return [];
  const jobs = new Map<string, SavedJob>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const job = parseLine(line);
    if (job?.isDeleted) jobs.delete(toJobName(job.reference));
    else if (job) jobs.set(toJobName(job.reference), job);
  }
  const records = [...jobs.values()].map((job) => toRecord(job, open));
  writeFileSync(`${path}.new`, records.map((record) => `${JSON.stringify(toSaved(record))}\n`).join(''));
  renameSync(`${path}.new`, path);
  return records;
}

function parseLine(line: string): SavedJob | undefined {
  try {
    return line === '' ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}

function toSaved({ abort: _abort, settled: _settled, ending, failure, ...job }: JobRecord): SavedJob {
  const saved = { ...job, ...(failure && { failure: toFacts(failure) }), ...(ending && { ending: toSavedEnding(job, ending) }) };
  return saved as SavedJob;
}

const toFacts = ({ reason, message, location }: BigQueryError) => ({ reason, message, ...(location === undefined ? {} : { location }) });

function toSavedEnding(job: Pick<JobRecord, 'configuration'>, { rows, rowsRefusal: _, ...ending }: JobEnding): SavedJob['ending'] {
  const table = (ending.configuration ?? job.configuration).query?.destinationTable;
  if (rows === undefined || table === undefined) return ending;
  return { ...ending, rows: { table, schema: rows.schema, totalRows: String(rows.totalRows) } };
}

/** What still ran when the sandbox ended ended with it. */
function toRecord({ ending, failure, state, ...job }: SavedJob, open: OpenResult): JobRecord {
  const lost = { reason: 'stopped', message: 'Job execution was cancelled: the sandbox was stopped' } as const;
  const error = state === 'DONE' ? failure : lost;
  return {
    parentJobId: undefined,
    startTime: undefined,
    ...job,
    endTime: job.endTime ?? job.startTime ?? job.creationTime,
    abort: new AbortController(),
    state: 'DONE',
    ending: ending && toEnding(ending, open),
    failure: error && new BigQueryError({ ...error, reason: isErrorReason(error.reason) ? error.reason : 'invalid' }),
    addChild: () => undefined,
    settled: Promise.resolve(),
  };
}

function toEnding({ rows, ...ending }: NonNullable<SavedJob['ending']>, open: OpenResult): JobEnding {
  return rows === undefined ? ending : { ...ending, rows: open(rows.table, rows.schema, BigInt(rows.totalRows)) };
}
