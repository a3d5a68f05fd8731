import type { Reconcile } from '../../../shared/bundle/format.ts';
import type { ClientEntry } from './crowd.ts';
import type { UpstreamEntry } from './job-double.ts';
import { keyIn } from './key.ts';
import type { RecordedExchange } from './read-records.ts';

export type Ledgers = {
  readonly clients: ReadonlyMap<string, ClientEntry>;
  readonly upstream: ReadonlyMap<string, UpstreamEntry>;
  readonly exchanges: readonly RecordedExchange[];
};

export type Comparison = {
  /** Answers that a client saw complete, refusals to execute apart. */
  readonly acknowledged: number;
  readonly upstream: number;
  readonly reconciled: number;
  readonly faults: readonly string[];
};

/** Three who do not know each other's notes: what clients saw, what BigQuery got, what was recorded. */
export function compareLedgers({ clients, upstream, exchanges }: Ledgers): Comparison {
  const faults: string[] = [];
  const byKey = groupByKey(exchanges, faults);
  for (const key of byKey.keys()) if (!clients.has(key)) faults.push(`${key} is recorded, and nobody sent it`);
  for (const [key, entry] of clients) faults.push(...findLost(entry, byKey.get(key)?.sent ?? []));
  for (const [key, entry] of upstream) faults.push(...findUnintended(key, entry, byKey.get(key)));
  for (const [key, { sent }] of byKey)
    for (const each of sent) faults.push(...findInvented(key, each, clients.get(key), upstream.get(key)));
  return {
    acknowledged: [...clients.values()].filter(({ complete }) => complete !== undefined && complete.status !== 503).length,
    upstream: [...upstream.values()].reduce((sum, { requests, dryRuns }) => sum + requests + dryRuns, 0),
    reconciled: exchanges.filter(({ end }) => end?.kind === 'reconcile').length,
    faults,
  };
}

type Recorded = { readonly sent: RecordedExchange[]; readonly dryRuns: RecordedExchange[] };

function groupByKey(exchanges: readonly RecordedExchange[], faults: string[]): Map<string, Recorded> {
  const byKey = new Map<string, Recorded>();
  for (const exchange of exchanges) {
    // Asked about by the soak itself, between two kills.
    if (exchange.methodId === 'bigquery.jobs.get') continue;
    const key = keyIn(exchange.sql ?? exchange.target);
    if (key === undefined) {
      faults.push(`exchange ${exchange.exchangeId} belongs to no request (${exchange.target})`);
      continue;
    }
    const found = byKey.get(key) ?? { sent: [], dryRuns: [] };
    byKey.set(key, found);
    (exchange.door === 'gateway' ? found.dryRuns : found.sent).push(exchange);
  }
  return byKey;
}

/** What a client saw complete is recorded, once, with the bytes that it saw. A 503 promises that nothing was executed, no more. */
function findLost({ key, complete }: ClientEntry, sent: readonly RecordedExchange[]): string[] {
  if (complete === undefined || (complete.status === 503 && sent.length === 0)) return [];
  if (sent.length !== 1) return [`${key} was answered ${complete.status} and is recorded ${sent.length} times`];
  const { end, responseSha256 } = sent[0]!;
  if (end?.kind !== 'end') return [`${key} was answered ${complete.status} and has no end but ${end?.kind}`];
  if (end.framing !== 'complete' || end.status !== complete.status)
    return [`${key} was answered ${complete.status}, its end says ${end.framing} ${end.status}`];
  return responseSha256 === complete.sha256 ? [] : [`${key} has another body in the record than the client got`];
}

function findUnintended(key: string, { requests, dryRuns }: UpstreamEntry, recorded: Recorded | undefined): string[] {
  const faults: string[] = [];
  if (requests > (recorded?.sent.length ?? 0))
    faults.push(`${key} went upstream ${requests} times with ${recorded?.sent.length ?? 0} intents`);
  if (dryRuns > (recorded?.dryRuns.length ?? 0))
    faults.push(`${key} was asked about ${dryRuns} times with ${recorded?.dryRuns.length ?? 0} intents`);
  return faults;
}

/** An end stands only where upstream answered to the end; what recovery wrote is what upstream knows. */
function findInvented(
  key: string,
  { end, responseSha256 }: RecordedExchange,
  client: ClientEntry | undefined,
  upstream: UpstreamEntry | undefined,
): string[] {
  if (end === undefined) return [`${key} has neither end nor reconcile`];
  if (end.kind === 'reconcile') return findWrongState(key, end, client, upstream);
  if (client?.complete?.status === 503 && upstream !== undefined && upstream.requests > 0)
    return [`${key} was answered 503 and had gone upstream`];
  if (end.framing !== 'complete' || end.outcome === 'refused' || end.outcome === 'transport-failed') return [];
  return upstream?.sentSha256 === responseSha256 ? [] : [`${key} has an end as ${end.outcome}, which upstream did not send`];
}

function findWrongState(
  key: string,
  { state, reason }: Reconcile,
  client: ClientEntry | undefined,
  upstream: UpstreamEntry | undefined,
): string[] {
  const truth = client?.kind === 'rows' ? 'unknown' : (upstream?.job ?? 'not-started');
  return state === truth ? [] : [`${key} was reconciled as ${state} (${reason ?? 'no reason'}), and is ${truth}`];
}
