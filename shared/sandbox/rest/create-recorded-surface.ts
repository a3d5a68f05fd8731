// BigQuery's REST surface on a recording. Jobs live as ever; what they come to is looked up. Nothing is executed, forwarded or made up.
import type { MethodId } from '../../bigquery/api-method.ts';
import { surface } from '../../bigquery/surface.ts';
import type { Answer } from './answer.ts';
import { createRestApp } from './create-rest-app.ts';
import type { RestSurface, RestSurfaceOptions } from './create-rest-surface.ts';
import { createJobHandlers } from './handlers.ts';
import { createJobStore } from './jobs/job-store.ts';
import { createRequestIds } from './jobs/request-ids.ts';
import { createObjectStore } from './objects/object-store.ts';
import { toQuestion } from './recorded/canonical-request.ts';
import { createRecordedRunner, toNotRecorded, toRowSource } from './recorded/create-recorded-runner.ts';
import type { RecordedAnswers } from './recorded-answers.ts';
import { type Handler, type RestCall, tableOf } from './rest-call.ts';
import { bigQueryPageLimits, type PageLimits } from './rows/read-page.ts';
import { answerTableData } from './rows/tabledata.ts';
import { createResumableUploads } from './upload/resumable-uploads.ts';

export function createRecordedSurface(recorded: RecordedAnswers, options: RestSurfaceOptions = {}): RestSurface {
  const { faults, pageLimits: limits = bigQueryPageLimits, userEmail = 'sandbox@example.com', jobs = createJobStore() } = options;
  const objects = createObjectStore();
  const { createPath } = objects;
  const uploads = createResumableUploads(createPath);
  const runner = createRecordedRunner(recorded);
  const jobHandlers = createJobHandlers({ jobs, runner, requestIds: createRequestIds(), limits, userEmail, uploads, createPath });
  const handlers = new Map<MethodId, Handler>(surface.map(({ id }) => [id, (call) => answerRecorded(recorded, call)]));
  for (const [id, handler] of Object.entries(jobHandlers)) handlers.set(id as MethodId, handler);
  handlers.set('bigquery.jobs.list', (call) => answerRecorded(recorded, call));
  handlers.set('bigquery.tabledata.list', (call) => answerRows(recorded, limits, call));
  const app = createRestApp({ handlers, faults });
  return {
    app,
    async close() {
      await app.close();
      await jobs.close();
      await objects.close();
    },
  };
}

async function answerRecorded(recorded: RecordedAnswers, call: RestCall): Promise<Answer> {
  const question = toQuestion(call.match, call.match.method.body === 'none' ? {} : await call.readBody());
  const answer = await recorded.findAnswer(question);
  if (answer === undefined) throw toNotRecorded(question);
  const body = answer.body === '' ? undefined : (JSON.parse(answer.body) as object);
  return { status: answer.status, body };
}

async function answerRows(recorded: RecordedAnswers, limits: PageLimits, call: RestCall): Promise<Answer> {
  const rows = await recorded.findRows(toQuestion(call.match, {}), tableOf(call));
  return rows === undefined ? answerRecorded(recorded, call) : answerTableData(call, toRowSource(rows), limits);
}
