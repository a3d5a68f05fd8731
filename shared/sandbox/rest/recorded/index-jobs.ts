import type { Job, JobConfiguration, QueryResponse } from '../../../bigquery/job.ts';
import type { MethodMatch } from '../../../bigquery/match-method.ts';
import type { RecordedExchange } from '../recorded-answers.ts';
import type { JsonObject } from '../rest-call.ts';
import { toQuestion } from './canonical-request.ts';
import { toRecordedFormat, toRecordedPage } from './index-page.ts';
import { readRequestJson, readResponseJson } from './read-recorded-body.ts';
import type { RecordedIndex } from './recorded-index.ts';
import { addError, addJobResource, addResult, createJobDraft, type JobDraft } from './recorded-job.ts';

/** What a request began, before its answer is looked at. */
type Beginning = { readonly key: string; readonly configuration: JobConfiguration; readonly body: JsonObject };

/** The answer to jobs.query or jobs.insert: a new job, or the same once more. */
export async function indexStartedJob(index: RecordedIndex, exchange: RecordedExchange, match: MethodMatch): Promise<void> {
  const response = await readResponseJson(exchange);
  if (!isRepeatedJobId(exchange, response)) addStartedJob(index, exchange, match, await readBeginning(exchange, match), response);
}

/** A client whose first attempt got lost is told that its job exists, and goes on with it. */
const isRepeatedJobId = ({ status }: RecordedExchange, response: JsonObject): boolean =>
  status === 409 && JSON.stringify(response).includes('Already Exists: Job');

async function readBeginning(exchange: RecordedExchange, match: MethodMatch): Promise<Beginning> {
  const body = await readRequestJson(exchange);
  const configuration =
    match.method.id === 'bigquery.jobs.query'
      ? { query: { query: String(body['query'] ?? '') } }
      : (body['configuration'] as JobConfiguration);
  return { key: toQuestion(match, body).canonicalKey, configuration: configuration ?? {}, body };
}

function addStartedJob(
  index: RecordedIndex,
  exchange: RecordedExchange,
  match: MethodMatch,
  beginning: Beginning,
  response: JsonObject,
): void {
  const draft = findOrCreateDraft(index, toJobKey(match, response), beginning);
  draft.exchangeIds.push(exchange.exchangeId);
  if (exchange.status >= 400) addError(draft, response);
  else if (match.method.id === 'bigquery.jobs.insert') addJobResource(draft, response as unknown as Job);
  else {
    const page = toRecordedPage(exchange, match.query, response, toRecordedFormat(match.query, beginning.body));
    addResult(draft, response as unknown as QueryResponse, page);
  }
}

function findOrCreateDraft(index: RecordedIndex, jobKey: string | undefined, { key, configuration }: Beginning): JobDraft {
  const known = jobKey === undefined ? undefined : index.jobsById.get(jobKey);
  if (known !== undefined) return known;
  const draft = createJobDraft(configuration);
  if (jobKey !== undefined) index.jobsById.set(jobKey, draft);
  index.jobsByKey.set(key, [...(index.jobsByKey.get(key) ?? []), draft]);
  return draft;
}

function toJobKey({ params }: MethodMatch, response: JsonObject): string | undefined {
  const { jobId } = (response['jobReference'] ?? {}) as { jobId?: string };
  const id = jobId ?? (response['queryId'] as string | undefined);
  return id === undefined ? undefined : `${params['projectId']}:${id}`;
}

/** Resumable uploads: the question is in the request that begins one, the job in the answer to its last chunk. */
export type UploadIndexer = (index: RecordedIndex, exchange: RecordedExchange, match: MethodMatch) => Promise<void>;

export function createUploadIndexer(): UploadIndexer {
  const begun = new Map<string, Beginning>();
  return async (index, exchange, match) => {
    if (exchange.httpMethod === 'POST') {
      const beginning = await readBeginning(exchange, match);
      begun.set(toJobKey(match, beginning.body) ?? '', beginning);
      return;
    }
    const response = await readResponseJson(exchange);
    const jobKey = toJobKey(match, response);
    // A client that names no job has one upload under way at a time, as far as can be told.
    const beginning = jobKey === undefined ? undefined : (begun.get(jobKey) ?? begun.get(''));
    if (beginning !== undefined) addStartedJob(index, exchange, match, beginning, response);
  };
}

const findDraft = (index: RecordedIndex, { params }: MethodMatch): JobDraft | undefined =>
  index.jobsById.get(`${params['projectId']}:${params['jobId']}`);

export async function indexQueryResults(index: RecordedIndex, exchange: RecordedExchange, match: MethodMatch): Promise<void> {
  const draft = findDraft(index, match);
  if (draft === undefined) return;
  const response = await readResponseJson(exchange);
  draft.exchangeIds.push(exchange.exchangeId);
  if (exchange.status >= 400) addError(draft, response);
  else {
    const page = toRecordedPage(exchange, match.query, response, toRecordedFormat(match.query, {}));
    addResult(draft, response as unknown as QueryResponse, page);
  }
}

/** jobs.get, and the job in the answer of jobs.cancel. */
export async function indexPoll(index: RecordedIndex, exchange: RecordedExchange, match: MethodMatch): Promise<void> {
  const draft = findDraft(index, match);
  if (draft === undefined || exchange.status !== 200) return;
  const response = await readResponseJson(exchange);
  const job = (response['job'] ?? response) as unknown as Job;
  if (job.status === undefined) return;
  draft.exchangeIds.push(exchange.exchangeId);
  addJobResource(draft, job);
}
