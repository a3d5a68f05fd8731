// Recorded exchanges, in the order of the recording, as answers: a job is put together from the request that began it, its polls and its pages.
import { type MethodMatch, matchMethod } from '../../bigquery/match-method.ts';
import type { TableSchema } from '../../bigquery/schema.ts';
import { toQuestion } from './recorded/canonical-request.ts';
import { createUploadIndexer, indexPoll, indexQueryResults, indexStartedJob, type UploadIndexer } from './recorded/index-jobs.ts';
import { toRecordedFormat, toRecordedPage } from './recorded/index-page.ts';
import { readRequestJson, readResponseJson, readResponseText } from './recorded/read-recorded-body.ts';
import { createRecordedIndex, type RecordedIndex, type TableDraft } from './recorded/recorded-index.ts';
import { toRecordedJob } from './recorded/recorded-job.ts';
import { toRecordedRows } from './recorded/recorded-pages.ts';
import type { RecordedAnswers, RecordedExchange } from './recorded-answers.ts';

/** Reads every exchange once. Bodies are not kept: rows are read again, page by page, when they are asked for. */
export async function indexRecordedExchanges(exchanges: AsyncIterable<RecordedExchange>): Promise<RecordedAnswers> {
  const index = createRecordedIndex();
  const indexUpload = createUploadIndexer();
  for await (const exchange of exchanges) await addExchange(index, indexUpload, exchange);
  return toAnswers(index);
}

function toAnswers(index: RecordedIndex): RecordedAnswers {
  const turns = new Map<string, number>();
  const next = <Each>(key: string, all: readonly Each[] = []): Each | undefined => {
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    return all[Math.min(turn, all.length - 1)];
  };
  return {
    async findJob({ canonicalKey }) {
      const draft = next(canonicalKey, index.jobsByKey.get(canonicalKey));
      return draft && toRecordedJob(draft);
    },
    async findRows({ canonicalKey }, { projectId, datasetId, tableId }) {
      const draft = index.tables.get(canonicalKey);
      return draft && toRecordedRows(draft.pages, index.schemas.get(`${projectId}.${datasetId}.${tableId}`), draft.totalRows);
    },
    async findAnswer({ canonicalKey }) {
      const exchange = next(canonicalKey, index.answers.get(canonicalKey));
      return exchange && { exchangeId: exchange.exchangeId, status: exchange.status, body: await readResponseText(exchange) };
    },
  };
}

async function addExchange(index: RecordedIndex, indexUpload: UploadIndexer, exchange: RecordedExchange): Promise<void> {
  const match = matchMethod(toHttpMethod(exchange), exchange.target);
  if (match.kind !== 'method' || isNoAnswer(exchange)) return;
  switch (match.method.id) {
    case 'bigquery.jobs.query':
    case 'bigquery.jobs.insert':
      return match.upload === 'resumable' ? indexUpload(index, exchange, match) : indexStartedJob(index, exchange, match);
    case 'bigquery.jobs.getQueryResults':
      return indexQueryResults(index, exchange, match);
    case 'bigquery.jobs.get':
    case 'bigquery.jobs.cancel':
      return indexPoll(index, exchange, match);
    case 'bigquery.tabledata.list':
      return exchange.status === 200 ? indexTableData(index, exchange, match) : indexAnswer(index, exchange, match);
    default:
      return indexAnswer(index, exchange, match);
  }
}

/** Java tunnels PATCH as POST. */
function toHttpMethod({ httpMethod, requestHeaders }: RecordedExchange): string {
  const override = Object.entries(requestHeaders).find(([name]) => name.toLowerCase() === 'x-http-method-override')?.[1];
  return httpMethod === 'POST' && override?.toUpperCase() === 'PATCH' ? 'PATCH' : httpMethod;
}

/** "Try again" is no answer; neither is an exchange that never got one. */
const isNoAnswer = ({ status }: RecordedExchange): boolean => status < 200 || status === 429 || status >= 500;

async function indexTableData(index: RecordedIndex, exchange: RecordedExchange, match: MethodMatch): Promise<void> {
  const { canonicalKey } = toQuestion(match, {});
  const response = await readResponseJson(exchange);
  const draft: TableDraft = index.tables.get(canonicalKey) ?? { pages: [], totalRows: 0n };
  index.tables.set(canonicalKey, draft);
  draft.pages.push(toRecordedPage(exchange, match.query, response, toRecordedFormat(match.query, {})));
  if (typeof response['totalRows'] === 'string') draft.totalRows = BigInt(response['totalRows']);
}

async function indexAnswer(index: RecordedIndex, exchange: RecordedExchange, match: MethodMatch): Promise<void> {
  const { canonicalKey } = toQuestion(match, await readRequestJson(exchange));
  index.answers.set(canonicalKey, [...(index.answers.get(canonicalKey) ?? []), exchange]);
  if (match.method.id === 'bigquery.tables.get' && exchange.status === 200) await indexSchema(index, exchange, match);
}

/** Timestamps of a table can only be spelled anew when its columns are known. */
async function indexSchema(index: RecordedIndex, exchange: RecordedExchange, { params }: MethodMatch): Promise<void> {
  const { schema } = (await readResponseJson(exchange)) as { schema?: TableSchema };
  if (schema !== undefined) index.schemas.set(`${params['projectId']}.${params['datasetId']}.${params['tableId']}`, schema);
}
