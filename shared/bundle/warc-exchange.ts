import { canonicalJson } from '../base/canonical-json.ts';
import {
  bundlePaths,
  type ColumnSalts,
  type ColumnsLeaf,
  type DisclosureValue,
  type IndexEntry,
  type Intent,
  type WarcMetadata,
} from './format.ts';
import { renderRequestHead, renderResponseHead } from './http-head.ts';
import { type WarcHeader, warcRecordId } from './warc-header.ts';

/** What is known of an exchange besides its bodies. */
export type ArchivedExchange = {
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

/** The last record of every exchange: how to check its bodies. */
export function toMetadataRecord(exchange: ArchivedExchange, metadata: WarcMetadata): ArchivedRecord {
  return { record: 'metadata', header: metadataHeader(exchange), head: Buffer.from(canonicalJson(metadata)) };
}

export const metadataHeader = (exchange: ArchivedExchange): WarcHeader => toHeader(exchange, 'metadata');

/** The record where a leaf `columns` stands. It names nothing that may be taken out, so that it follows from the leaf alone. */
export function toColumnsRecord(leaf: ColumnsLeaf, salts: ColumnSalts): ArchivedRecord {
  return { record: 'columns', header: columnsHeader(leaf), head: Buffer.from(canonicalJson(salts)) };
}

export function columnsHeader(leaf: ColumnsLeaf): WarcHeader {
  return {
    type: 'metadata',
    id: warcRecordId(leaf.exchangeId, 'columns'),
    at: leaf.at,
    targetUri: `urn:uuid:${leaf.exchangeId}`,
    concurrentTo: warcRecordId(leaf.exchangeId, 'response'),
    side: 'columns',
    contentType: contentTypes.columns,
  };
}

export function toColumnsIndexLine({ exchangeId, at }: ColumnsLeaf, offset: number, length: number): string {
  return formatIndexLine(exchangeId, at, { url: `urn:uuid:${exchangeId}`, mime: contentTypes.columns }, 'columns', offset, length);
}

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

const contentTypes = {
  request: 'application/http; msgtype=request',
  'upstream-request': 'application/http; msgtype=request',
  response: 'application/http; msgtype=response',
  conversion: 'application/http; msgtype=response',
  'upstream-response': 'application/x-age-encryption',
  cells: 'application/vnd.steno.cells',
  metadata: 'application/json',
  columns: 'application/json',
} as const satisfies Record<IndexEntry['record'], string>;

function toHeader(exchange: ArchivedExchange, record: IndexEntry['record']): WarcHeader {
  const { exchangeId, at } = exchange.intent;
  const type = warcTypes[record];
  const { targetUri, response } = sharedBy(exchange);
  return {
    type,
    id: record === 'response' ? response : warcRecordId(exchangeId, record),
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
  const made = { targetUri: toTargetUri(exchange), response: warcRecordId(exchange.intent.exchangeId, 'response') };
  shared.set(exchange, made);
  return made;
}

function toTargetUri({ intent, request }: ArchivedExchange): string {
  const host = request?.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? 'bigquery.googleapis.com';
  const target = request?.target ?? `/redacted/${intent.exchangeId}`;
  return (/^https?:/.test(target) ? target : `https://${host}${target}`).replace(/[\r\n\s]/g, '%20');
}

/** The line of index.cdxj for a record: `urn:uuid:EXCHANGE TIMESTAMP14 {…}`. */
export function toIndexLine(exchange: ArchivedExchange, record: IndexEntry['record'], offset: number, length: number): string {
  const { intent, response } = exchange;
  const status = isAnswer(record) && response !== undefined ? { status: String(response.status) } : {};
  const about = { url: sharedBy(exchange).targetUri, mime: mimeIn(exchange, record), ...status };
  return formatIndexLine(intent.exchangeId, intent.at, about, record, offset, length);
}

function formatIndexLine(
  exchangeId: string,
  at: string,
  about: Pick<IndexEntry, 'url' | 'mime' | 'status'>,
  record: IndexEntry['record'],
  offset: number,
  length: number,
): string {
  const place = `"record":"${record}","filename":"${FILE_NAME}","offset":"${offset}","length":"${length}"`;
  return `urn:uuid:${exchangeId} ${at.replace(/\D/g, '').slice(0, 14)} ${JSON.stringify(about).slice(0, -1)},${place}}`;
}

const FILE_NAME = bundlePaths.warc.slice(bundlePaths.warc.lastIndexOf('/') + 1);

const isAnswer = (record: IndexEntry['record']): boolean => record === 'response' || record === 'conversion';

function mimeIn({ request, response }: ArchivedExchange, record: IndexEntry['record']): string {
  if (isAnswer(record)) return mimeOf(response?.headers);
  return record === 'request' || record === 'upstream-request' ? mimeOf(request?.headers) : contentTypes[record];
}

function mimeOf(headers: readonly (readonly [string, string])[] = []): string {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return type.split(';')[0]?.trim() || 'unk';
}
