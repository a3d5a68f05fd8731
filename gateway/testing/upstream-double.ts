import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SeenRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
export type Answer = (request: SeenRequest, response: ServerResponse) => void;

export type UpstreamDouble = {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** How the next requests are answered; a small fake of BigQuery unless told. */
  answer: Answer;
  close(): Promise<void>;
};

export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', 'content-length': Buffer.byteLength(text) }).end(text);
};

/** A server in BigQuery's place, scripted by the test; it remembers what reached it. */
export async function startUpstreamDouble(answer: Answer = answerLikeBigQuery): Promise<UpstreamDouble> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = { method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      double.seen.push(seen);
      double.answer(seen, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const double: UpstreamDouble = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    answer,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
  return double;
}

const schema = { fields: [{ name: 'x', type: 'INTEGER', mode: 'NULLABLE' }] };
const rows = [{ f: [{ v: '1' }] }];
let count = 0;

/** One row for every query; a dry run reads what stands in backticks. */
export const answerLikeBigQuery: Answer = (request, response) => sendJson(response, 200, toAnswer(request));

function toAnswer({ method, url, body }: SeenRequest): unknown {
  const path = url.split('?')[0]!;
  const json = body.startsWith('{') ? (JSON.parse(body) as Record<string, Record<string, unknown>>) : {};
  const configuration = json['configuration'];
  if (configuration?.['dryRun'] === true) return toDryRun(String((configuration['query'] as { query: string }).query));
  const jobId = String(json['jobReference']?.['jobId'] ?? /(?:queries|jobs)\/([^/]+)/.exec(path)?.[1] ?? `job_${++count}`);
  const jobReference = { projectId: /projects\/([^/]+)/.exec(path)?.[1] ?? 'p', jobId, location: 'US' };
  const result = { schema, jobReference, totalRows: '1', rows, totalBytesProcessed: '8', jobComplete: true, cacheHit: false };
  if (method === 'POST' && path.endsWith('/queries')) return { kind: 'bigquery#queryResponse', ...result };
  if (path.includes('/queries/')) return { kind: 'bigquery#getQueryResultsResponse', ...result };
  if (path.endsWith('/jobs') || path.includes('/jobs/')) return toJob(jobReference, configuration);
  return { kind: 'bigquery#anything' };
}

const toJob = (jobReference: unknown, configuration: unknown): unknown => ({
  kind: 'bigquery#job',
  jobReference,
  configuration,
  status: { state: 'DONE' },
  user_email: 'gateway@acme.iam.gserviceaccount.com',
});

const toDryRun = (sql: string): unknown => {
  const referencedTables = [...sql.matchAll(/`([^`.]+)\.([^`.]+)\.([^`]+)`/g)].map(([, projectId, datasetId, tableId]) => ({
    projectId,
    datasetId,
    tableId,
  }));
  const statementType = /^\s*(\w+)/.exec(sql.slice(sql.lastIndexOf(';') + 1))?.[1]?.toUpperCase();
  return {
    kind: 'bigquery#job',
    jobReference: { projectId: 'acme', location: 'US' },
    statistics: { totalBytesProcessed: '8', query: { totalBytesProcessed: '8', statementType, referencedTables } },
    status: { state: 'DONE' },
  };
};
