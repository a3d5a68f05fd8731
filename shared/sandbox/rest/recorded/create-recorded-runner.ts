import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { type ErrorReason, httpCodeOf, isErrorReason, statusOf } from '../../../bigquery/error-reason.ts';
import type { Job } from '../../../bigquery/job.ts';
import type { JobEnding } from '../jobs/job-record.ts';
import type { JobRun, JobRunner } from '../jobs/job-runner.ts';
import type { RecordedAnswers, RecordedError, RecordedJob, RecordedQuestion, RecordedRows } from '../recorded-answers.ts';
import type { RowSource } from '../rows/row-source.ts';
import { toQuestion } from './canonical-request.ts';

/** Runs no job: looks up how the recorded one ended. */
export function createRecordedRunner(recorded: RecordedAnswers): JobRunner {
  const refusals = new WeakSet<BigQueryError>();
  const find = async ({ asked }: JobRun): Promise<RecordedJob> => {
    const question = toQuestion(asked.match, asked.body);
    const job = await recorded.findJob(question);
    if (job === undefined) throw refuse(refusals, toNotRecorded(question));
    if (job.error !== undefined) throw refuse(refusals, toFailure(job.error));
    return job;
  };
  return {
    locate: () => 'US',
    check: () => undefined,
    async run(run) {
      const recordedJob = await find(run);
      const { errorResult } = recordedJob.job.status;
      if (errorResult !== undefined) throw toJobFailure(errorResult);
      return toEnding(recordedJob);
    },
    async dryRun(run) {
      const { totalBytesProcessed = '0', query } = (await find(run)).job.statistics;
      return { totalBytesProcessed, ...(query === undefined ? {} : { query }) };
    },
    isRefusedAtOnce: (failure) => refusals.has(failure),
  };
}

function refuse(refusals: WeakSet<BigQueryError>, failure: BigQueryError): BigQueryError {
  refusals.add(failure);
  return failure;
}

export function toNotRecorded({ text }: RecordedQuestion): BigQueryError {
  const shown = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return new BigQueryError({ reason: 'notRecorded', message: `Not recorded: this session holds no answer to: ${shown}` });
}

/** Reasons that we do not know are passed on as they were. */
const toFailure = ({ code, reason, message, location, status }: RecordedError): BigQueryError =>
  new BigQueryError({
    code,
    reason: reason as ErrorReason,
    message,
    location,
    status: status ?? (isErrorReason(reason) ? statusOf(reason) : 'UNKNOWN'),
  });

function toJobFailure({ reason, message, location }: NonNullable<Job['status']['errorResult']>): BigQueryError {
  return toFailure({ code: isErrorReason(reason) ? httpCodeOf(reason) : 400, reason, message, location });
}

function toEnding(recordedJob: RecordedJob): JobEnding {
  const { configuration, statistics, status } = recordedJob.job;
  const { creationTime: _created, startTime: _started, endTime: _ended, sessionInfo, ...rest } = statistics;
  return {
    configuration,
    statistics: rest,
    ...(sessionInfo === undefined ? {} : { sessionId: sessionInfo.sessionId }),
    ...(status.errors === undefined ? {} : { warnings: status.errors }),
    ...toRows(recordedJob),
  };
}

/** Statements that answer rows: where none were fetched, there is nothing to give and nothing to make up. */
function toRows({ job, rows, hasResult }: RecordedJob): Pick<JobEnding, 'rows' | 'rowsRefusal'> {
  if (rows !== undefined) return { rows: toRowSource(rows) };
  const statementType = job.statistics.query?.statementType;
  const mayAnswerRows = statementType === undefined || /^(SELECT|SCRIPT|CALL)$/.test(statementType);
  if (hasResult || job.configuration.query === undefined || !mayAnswerRows) return {};
  const message = 'Not recorded: the results of this job were never fetched in the recorded session';
  return { rowsRefusal: new BigQueryError({ reason: 'notRecorded', message }) };
}

export const toRowSource = ({ schema, totalRows, recordedRows, timestampFormat, read }: RecordedRows): RowSource => ({
  schema: schema ?? { fields: [] },
  totalRows,
  availableRows: recordedRows,
  timestampFormat,
  async *read(startIndex, maxRows = Infinity) {
    let left = maxRows;
    for await (const batch of read(startIndex)) {
      if (left <= 0) return;
      yield batch.slice(0, left);
      left -= batch.length;
    }
  },
});
