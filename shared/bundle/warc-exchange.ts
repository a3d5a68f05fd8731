import { canonicalJson } from '../base/canonical-json.ts';
import { bundlePaths, type DisclosureValue, type IndexEntry, type Intent, type WarcMetadata } from './format.ts';
import { renderRequestHead, renderResponseHead } from './http-head.ts';
import { type WarcHeader, warcRecordId } from './warc-header.ts';

/** What is known of an exchange besides its bodies. */
export type ArchivedExchange = {
  readonly intent: Intent;
  readonly request: DisclosureValue<'request'> | undefined;
  readonly upstreamRequest: DisclosureValue<'upstream-request'> | undefined;
  readonly response: DisclosureValue<'response'> | undefined;
};

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
  if (response !== undefined)
    records.push({ record: 'response', header: toHeader(exchange, 'response'), head: renderResponseHead(response) });
  return records;
}

/** The last record of every exchange: how to check its bodies. */
export function toMetadataRecord(exchange: ArchivedExchange, metadata: WarcMetadata): ArchivedRecord {
  return { record: 'metadata', header: toHeader(exchange, 'metadata'), head: Buffer.from(canonicalJson(metadata)) };
}

function toHeader(exchange: ArchivedExchange, record: IndexEntry['record']): WarcHeader {
  const { exchangeId, at } = exchange.intent;
  const type = record === 'upstream-request' ? 'request' : record === 'upstream-response' ? 'response' : record;
  return {
    type,
    id: warcRecordId(exchangeId, record),
    at,
    targetUri: toTargetUri(exchange),
    concurrentTo: record === 'response' ? undefined : warcRecordId(exchangeId, 'response'),
    side: record === type ? undefined : record,
    contentType: record === 'metadata' ? 'application/json' : `application/http; msgtype=${type}`,
  };
}

function toTargetUri({ intent, request }: ArchivedExchange): string {
  const host = request?.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? 'bigquery.googleapis.com';
  const target = request?.target ?? `/redacted/${intent.exchangeId}`;
  return (/^https?:/.test(target) ? target : `https://${host}${target}`).replace(/[\r\n\s]/g, '%20');
}

/** The line of index.cdxj for a record: `urn:uuid:EXCHANGE TIMESTAMP14 {…}`. */
export function toIndexLine(exchange: ArchivedExchange, record: IndexEntry['record'], offset: number, length: number): string {
  const { intent, request, response } = exchange;
  const entry: IndexEntry = {
    url: toTargetUri(exchange),
    mime: record === 'metadata' ? 'application/json' : mimeOf(record === 'response' ? response?.headers : request?.headers),
    ...(record === 'response' && response !== undefined ? { status: String(response.status) } : {}),
    record,
    filename: bundlePaths.warc.slice(bundlePaths.warc.lastIndexOf('/') + 1),
    offset: String(offset),
    length: String(length),
  };
  return `urn:uuid:${intent.exchangeId} ${intent.at.replace(/\D/g, '').slice(0, 14)} ${JSON.stringify(entry)}`;
}

function mimeOf(headers: readonly (readonly [string, string])[] = []): string {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return type.split(';')[0]?.trim() || 'unk';
}
