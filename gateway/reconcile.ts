import type { Config } from './config.ts';
import { perUserOf } from './config-connections.ts';
import { JobListing } from './job-listing.ts';
import type { OpenExchange, ReconcileOutcome } from './record/record-input.ts';
import { collectAnswer } from './upstream/collect-answer.ts';
import { Connections, type Upstream } from './upstream/connections.ts';
import { toUpstreamHeaders } from './upstream/headers.ts';

export type Reconciliation = { readonly reconcile: (exchange: OpenExchange) => Promise<ReconcileOutcome>; close(): Promise<void> };

type Json = Readonly<Record<string, unknown>>;

const answerLimit = 16 * 2 ** 20;
/** A job is listed by when BigQuery made it, on its own clock. */
const clockSkewMs = 5 * 60_000;

/** Asks BigQuery what became of the exchanges that were open when the gateway died. Reads only: nothing is run or cancelled. */
export function createReconciliation(config: Config): Reconciliation {
  const connections = new Connections(config.connections, config.limits);
  const projectsOf = (name: string): readonly string[] =>
    config.connections.find((each) => each.name === name)?.projects.filter((each) => each !== '*') ?? [];
  const isPersonal = (name: string): boolean => config.connections.some((each) => each.name === name && perUserOf(each) !== undefined);
  const known = new Map<string, JobListing[]>();
  const listingsOf = (name: string): JobListing[] => {
    const listings =
      known.get(name) ??
      projectsOf(name).map((project) => new JobListing((query) => ask(connections.byName(name), `projects/${project}/jobs?${query}`)));
    known.set(name, listings);
    return listings;
  };
  return {
    async reconcile(exchange) {
      const { connection, job, methodId } = exchange;
      if (connection === undefined || !config.connections.some((each) => each.name === connection))
        return { state: 'unknown', reason: 'its connection is no longer configured' };
      if (isPersonal(connection)) return { state: 'unknown', reason: 'its connection works with the account of whoever asked' };
      const upstream = connections.byName(connection);
      if (job !== undefined)
        return readJob(
          await ask(
            upstream,
            `projects/${job.projectId}/jobs/${job.jobId}${job.location === undefined ? '' : `?location=${job.location}`}`,
          ),
        );
      if (methodId !== 'bigquery.jobs.query') return { state: 'unknown', reason: 'it made no job that could be asked about' };
      return findByLabel(listingsOf(connection), exchange);
    },
    close: () => connections.close(),
  };
}

/** A query's job gets its id from BigQuery; the label says which is ours. */
async function findByLabel(listings: readonly JobListing[], { exchangeId, at }: OpenExchange): Promise<ReconcileOutcome> {
  for (const listing of listings) {
    const search = await listing.find(exchangeId, Date.parse(at) - clockSkewMs);
    if ('unknown' in search) return { state: 'unknown', reason: search.unknown };
    if (search.found !== undefined) return readJob({ status: 200, json: search.found });
  }
  return listings.length === 0 ? { state: 'unknown', reason: 'its project is not known' } : { state: 'not-started' };
}

function readJob({ status, json }: { readonly status: number; readonly json: Json }): ReconcileOutcome {
  if (status === 404) return { state: 'not-started' };
  if (status !== 200) return { state: 'unknown', reason: `BigQuery answered ${status}` };
  const { state, errorResult } = (json['status'] ?? {}) as Record<string, unknown>;
  const statistics = (json['statistics'] ?? {}) as Record<string, unknown>;
  const { projectId, jobId, location } = (json['jobReference'] ?? {}) as Record<string, string>;
  const job = {
    ...(projectId === undefined || jobId === undefined ? {} : { jobReference: { projectId, jobId, location } }),
    ...(typeof statistics['totalBytesProcessed'] === 'string' ? { totalBytesProcessed: statistics['totalBytesProcessed'] } : {}),
    ...(errorResult === undefined ? {} : { errorResult }),
  };
  if (state !== 'DONE') return { state: 'running', job };
  return { state: errorResult === undefined ? 'done' : 'failed', job };
}

async function ask(upstream: Upstream, path: string): Promise<{ readonly status: number; readonly json: Json }> {
  const headers = toUpstreamHeaders({ 'user-agent': 'steno' }, {}, await upstream.credential.authorization());
  const answer = await collectAnswer(
    { pool: upstream.pool, method: 'GET', path: `${upstream.basePath}/bigquery/v2/${path}`, headers },
    { exchangeId: 'reconcile', limit: answerLimit },
  );
  return { status: answer.status, json: answer.status === 200 ? (JSON.parse(answer.body.toString('utf8')) as Json) : {} };
}
