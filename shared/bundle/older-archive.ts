/** What versions 1 and 2 wrote otherwise: salts in WARC records of their own, and an index of one line for every record. */
import { bundlePaths, type ColumnsLeaf, type IndexEntry } from './format.ts';
import type { RecordPlace } from './index-line.ts';
import { type ArchivedExchange, contentTypes, isAnswer, mimeOf, targetUriOf, toHeader } from './warc-exchange.ts';
import { type WarcHeader, warcRecordId } from './warc-header.ts';

export const metadataHeader = (exchange: ArchivedExchange): WarcHeader => toHeader(exchange, 'metadata');

/** It names nothing that may be taken out, so that it follows from the leaf alone. */
export function columnsHeader(leaf: ColumnsLeaf, formatVersion: number): WarcHeader {
  return {
    type: 'metadata',
    id: warcRecordId(leaf.exchangeId, 'columns', formatVersion),
    at: leaf.at,
    targetUri: `urn:uuid:${leaf.exchangeId}`,
    concurrentTo: warcRecordId(leaf.exchangeId, 'response', formatVersion),
    side: 'columns',
    contentType: contentTypes.columns,
  };
}

export function toColumnsIndexLine({ exchangeId, at }: ColumnsLeaf, place: RecordPlace): string {
  return render(exchangeId, at, { url: `urn:uuid:${exchangeId}`, mime: contentTypes.columns }, place);
}

/** The line of index.cdxj for a record: `urn:uuid:EXCHANGE TIMESTAMP14 {…}`. */
export function toOlderIndexLine(exchange: ArchivedExchange, place: RecordPlace): string {
  const { intent, response } = exchange;
  const status = isAnswer(place.record) && response !== undefined ? { status: String(response.status) } : {};
  const about = { url: targetUriOf(exchange), mime: mimeIn(exchange, place.record), ...status };
  return render(intent.exchangeId, intent.at, about, place);
}

const FILE_NAME = bundlePaths.warc.slice(bundlePaths.warc.lastIndexOf('/') + 1);

function render(exchangeId: string, at: string, about: Pick<IndexEntry, 'url' | 'mime' | 'status'>, place: RecordPlace): string {
  const { record, offset, length } = place;
  const where = `"record":"${record}","filename":"${FILE_NAME}","offset":"${offset}","length":"${length}"`;
  return `urn:uuid:${exchangeId} ${at.replace(/\D/g, '').slice(0, 14)} ${JSON.stringify(about).slice(0, -1)},${where}}`;
}

function mimeIn({ request, response }: ArchivedExchange, record: IndexEntry['record']): string {
  if (isAnswer(record)) return mimeOf(response?.headers);
  return record === 'request' || record === 'upstream-request' ? mimeOf(request?.headers) : contentTypes[record];
}
