import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';
import { keyIn } from './key.ts';

type JobState = 'done' | 'failed' | 'running';

/** What the double knows of one request of a client, by its key. */
export type UpstreamEntry = {
  /** How often it came, dry runs apart. */
  requests: number;
  dryRuns: number;
  job: JobState | undefined;
  /** SHA-256 of the body it sent to its end; undefined while it did not. */
  sentSha256: string | undefined;
};

export type JobDouble = {
  readonly url: string;
  readonly entries: ReadonlyMap<string, UpstreamEntry>;
  close(): Promise<void>;
};

type Job = { readonly jobId: string; readonly key: string; readonly state: JobState; readonly labels: unknown; readonly createdMs: number };
type Json = Readonly<Record<string, unknown>>;

/** BigQuery gives fewer than were asked for when it likes. */
const PAGE = 100;

/**
 * BigQuery's place under load: makes jobs that never change afterwards (so what recovery is told can be compared with what they are),
 * answers after a while, in pieces, sometimes not to the end, and keeps its own ledger.
 */
export async function startJobDouble(seed: number): Promise<JobDouble> {
  const random = createRandom(seed);
  const entries = new Map<string, UpstreamEntry>();
  const jobs: Job[] = [];
  const entryOf = (key: string): UpstreamEntry => {
    const known = entries.get(key);
    if (known !== undefined) return known;
    const entry: UpstreamEntry = { requests: 0, dryRuns: 0, job: undefined, sentSha256: undefined };
    entries.set(key, entry);
    return entry;
  };
  const makeJob = (key: string, jobId: string, labels: unknown): Job => {
    const state = random() < 0.2 ? 'failed' : random() < 0.4 ? 'running' : 'done';
    const job: Job = { jobId, key, state, labels, createdMs: Date.now() };
    jobs.push(job);
    entryOf(key).job = state;
    return job;
  };
  const answer = ({ method, path, query, json }: Asked): Answer => {
    const configuration = json['configuration'] as Json | undefined;
    if (method === 'GET' && path.endsWith('/jobs')) return { status: 200, json: listJobs(jobs, query) };
    const asked = /\/jobs\/([^/]+)$/.exec(path)?.[1];
    if (method === 'GET' && asked !== undefined) return getJob(jobs, asked);
    const key = keyIn(path) ?? keyIn(JSON.stringify(json)) ?? 'unknown';
    if (configuration?.['dryRun'] === true) {
      entryOf(key).dryRuns += 1;
      return { status: 200, json: dryRunAnswer };
    }
    entryOf(key).requests += 1;
    if (path.endsWith('/data')) return { status: 200, json: toRows(key, random), key };
    const given = (json['jobReference'] as Json | undefined)?.['jobId'];
    const job = makeJob(key, String(given ?? `job_${key}`), given === undefined ? json['labels'] : configuration?.['labels']);
    if (given !== undefined) return { status: 200, json: toJob(job), key };
    if (job.state === 'failed') return { status: 400, json: { error: { code: 400, message: `${key} failed`, errors: [] } }, key };
    return { status: 200, json: { ...toRows(key, random), jobComplete: job.state === 'done', jobReference: referenceOf(job.jobId) }, key };
  };
  const server = createServer((request, response) => {
    void read(request).then((asked) => {
      const given = answer(asked);
      const entry = given.key === undefined ? undefined : entryOf(given.key);
      setTimeout(() => void send(response, given, entry, random), entry === undefined ? 0 : random() ** 3 * 250);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    entries,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

type Asked = { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly json: Json };
type Answer = { readonly status: number; readonly json: unknown; readonly key?: string };

async function read(request: IncomingMessage): Promise<Asked> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  const { pathname, searchParams } = new URL(request.url!, 'http://double');
  return { method: request.method!, path: pathname, query: searchParams, json: text.startsWith('{') ? (JSON.parse(text) as Json) : {} };
}

/** With or without a length, at once or in pieces, and once in thirty not to its end. */
async function send(
  response: ServerResponse,
  { status, json }: Answer,
  entry: UpstreamEntry | undefined,
  random: () => number,
): Promise<void> {
  const body = Buffer.from(JSON.stringify(json));
  const length = random() < 0.5 || entry === undefined ? { 'content-length': body.length } : {};
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...length });
  const end = entry !== undefined && random() < 1 / 30 ? Math.floor(random() * body.length) : body.length;
  const pieces = entry === undefined ? 1 : 1 + Math.floor(random() * 4);
  for (let piece = 0; piece < pieces && !response.destroyed; piece += 1) {
    response.write(body.subarray(Math.floor((end * piece) / pieces), Math.floor((end * (piece + 1)) / pieces)));
    if (pieces > 1) await new Promise((resolve) => setTimeout(resolve, random() * 20));
  }
  if (end < body.length) return void response.destroy();
  if (entry !== undefined) entry.sentSha256 = createHash('sha256').update(body).digest('hex');
  response.end();
}

/** Newest first, a page at a time, as BigQuery lists them. */
function listJobs(jobs: readonly Job[], query: URLSearchParams): Json {
  const since = Number(query.get('minCreationTime') ?? 0);
  const found = jobs.filter(({ createdMs }) => createdMs >= since).toReversed();
  const start = Number(query.get('pageToken') ?? 0);
  const size = Math.min(PAGE, Number(query.get('maxResults') ?? PAGE));
  const next = start + size < found.length ? { nextPageToken: String(start + size) } : {};
  return { kind: 'bigquery#jobList', jobs: found.slice(start, start + size).map(toJob), ...next };
}

function getJob(jobs: readonly Job[], jobId: string): Answer {
  const job = jobs.find((each) => each.jobId === jobId);
  return job === undefined
    ? { status: 404, json: { error: { code: 404, message: 'Not found', errors: [] } } }
    : { status: 200, json: toJob(job) };
}

const referenceOf = (jobId: string): Json => ({ projectId: 'acme', jobId, location: 'US' });

const toJob = ({ jobId, state, labels, createdMs }: Job): Json => ({
  kind: 'bigquery#job',
  jobReference: referenceOf(jobId),
  configuration: { labels },
  statistics: { creationTime: String(createdMs), totalBytesProcessed: '8' },
  status: {
    state: state === 'running' ? 'RUNNING' : 'DONE',
    ...(state === 'failed' ? { errorResult: { reason: 'invalidQuery', message: 'failed' } } : {}),
  },
});

/** Mostly small, now and then a megabyte. */
function toRows(key: string, random: () => number): Json {
  const filler = `${key} `.repeat(8);
  const rows = Array.from({ length: Math.floor(random() ** 12 * 16_000) + 1 }, () => ({ f: [{ v: filler }] }));
  return { kind: 'bigquery#queryResponse', schema: { fields: [{ name: 'x', type: 'STRING' }] }, totalRows: String(rows.length), rows };
}

const dryRunAnswer: Json = {
  kind: 'bigquery#job',
  jobReference: { projectId: 'acme', location: 'US' },
  statistics: {
    totalBytesProcessed: '8',
    query: {
      totalBytesProcessed: '8',
      statementType: 'SELECT',
      referencedTables: [{ projectId: 'acme', datasetId: 'sales', tableId: 'orders' }],
    },
  },
  status: { state: 'DONE' },
};
