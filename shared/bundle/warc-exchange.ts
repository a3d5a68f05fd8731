import type { DisclosureValue, IndexEntry, Intent } from './format.ts';
import { renderRequestHead, renderResponseHead } from './http-head.ts';
import { type WarcHeader, warcRecordId } from './warc-header.ts';

/** What is known of an exchange besides its bodies, and how the archive that holds it is written. */
export type ArchivedExchange = {
  readonly formatVersion: number;
  readonly intent: Intent;
  readonly request: DisclosureValue<'request'> | undefined;
  readonly upstreamRequest: DisclosureValue<'upstream-request'> | undefined;
  readonly response: DisclosureValue<'response'> | undefined;
  /** The answer was rebuilt without some of its columns. */
  readonly isConverted?: boolean | undefined;
  /** Bodies that are archived but are no HTTP messages: a sealed `upstream-response`, `cells`. */
  readonly resources?: readonly ResourceRecord[] | undefined;
};

export type ResourceRecord = 'upstream-response' | 'cells';
export const isResource = (record: IndexEntry['record']): boolean => record === 'upstream-response' || record === 'cells';
export const resourceRecords: readonly ResourceRecord[] = ['upstream-response', 'cells'];

export type ArchivedRecord = { readonly record: IndexEntry['record']; readonly header: WarcHeader; readonly head: Buffer };

/** The WARC records of an exchange, in order, without their bodies: they follow from what the leaves and disclosures say. */
export function toArchivedRecords(exchange: ArchivedExchange): ArchivedRecord[] {
  const { intent, request, upstreamRequest, response } = exchange;
  const records: ArchivedRecord[] = [];
  if (request !== undefined) {
    const head = renderRequestHead({ method: intent.httpMethod, httpVersion: intent.httpVersion, ...request });
    records.push({ record: 'request', header: toHeader(exchange, 'request'), head });
  }
  if (upstreamRequest !== undefined) {
    const { method, url: target, headers } = upstreamRequest;
    const head = renderRequestHead({ method, target, httpVersion: '1.1', headers });
    records.push({ record: 'upstream-request', header: toHeader(exchange, 'upstream-request'), head });
  }
  if (response !== undefined) {
    const record = exchange.isConverted === true ? 'conversion' : 'response';
    records.push({ record, header: toHeader(exchange, record), head: renderResponseHead(response) });
  }
  for (const record of resourceRecords)
    if (exchange.resources?.includes(record)) records.push({ record, header: toHeader(exchange, record), head: NOTHING });
  return records;
}

const NOTHING = Buffer.alloc(0);

const warcTypes = {
  request: 'request',
  'upstream-request': 'request',
  response: 'response',
  conversion: 'conversion',
  'upstream-response': 'resource',
  cells: 'resource',
  metadata: 'metadata',
  columns: 'metadata',
} as const satisfies Record<IndexEntry['record'], WarcHeader['type']>;

export const contentTypes = {
  request: 'application/http; msgtype=request',
  'upstream-request': 'application/http; msgtype=request',
  response: 'application/http; msgtype=response',
  conversion: 'application/http; msgtype=response',
  'upstream-response': 'application/x-age-encryption',
  cells: 'application/vnd.steno.cells',
  metadata: 'application/json',
  columns: 'application/json',
} as const satisfies Record<IndexEntry['record'], string>;

export function toHeader(exchange: ArchivedExchange, record: IndexEntry['record']): WarcHeader {
  const { formatVersion } = exchange;
  const { exchangeId, at } = exchange.intent;
  const type = warcTypes[record];
  const { targetUri, response } = sharedBy(exchange);
  return {
    type,
    id: record === 'response' ? response : warcRecordId(exchangeId, record, formatVersion),
    at,
    targetUri,
    concurrentTo: record === 'response' || record === 'conversion' ? undefined : response,
    refersTo: record === 'conversion' ? response : undefined,
    side: record === type ? undefined : record,
    contentType: contentTypes[record],
  };
}

/** What all records of an exchange say: made once for each. */
type Shared = { readonly targetUri: string; readonly response: string };
const shared = new WeakMap<ArchivedExchange, Shared>();

function sharedBy(exchange: ArchivedExchange): Shared {
  const known = shared.get(exchange);
  if (known !== undefined) return known;
  const made = { targetUri: toTargetUri(exchange), response: warcRecordId(exchange.intent.exchangeId, 'response', exchange.formatVersion) };
  shared.set(exchange, made);
  return made;
}

function toTargetUri({ intent, request }: ArchivedExchange): string {
  const host = request?.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? 'bigquery.googleapis.com';
  const target = request?.target ?? `/redacted/${intent.exchangeId}`;
  return (/^https?:/.test(target) ? target : `https://${host}${target}`).replace(/[\r\n\s]/g, '%20');
}

export const targetUriOf = (exchange: ArchivedExchange): string => sharedBy(exchange).targetUri;

export const isAnswer = (record: IndexEntry['record']): boolean => record === 'response' || record === 'conversion';

/** Without parameters; `unk` where nobody said. */
export function mimeOf(headers: readonly (readonly [string, string])[] = []): string {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return type.split(';')[0]?.trim() || 'unk';
}
