import { bundlePaths, hasSaltsApart, type IndexEntry } from './format.ts';
import { toOlderIndexLine } from './older-archive.ts';
import { toSurt } from './surt.ts';
import { type ArchivedExchange, contentTypes, isAnswer, mimeOf, targetUriOf } from './warc-exchange.ts';

/** Where a record lies in the archive. */
export type RecordPlace = { readonly record: IndexEntry['record']; readonly offset: number; readonly length: number };

/**
 * The lines of the index that name a record: one under the id of its exchange, `urn:uuid:EXCHANGE TIME {…}`, and of an answer one under its address,
 * `SURT TIME {…}`, so that replay tools find it. Times to the millisecond: one address answers many a query within a second.
 */
export function toIndexLines(exchange: ArchivedExchange, place: RecordPlace): string[] {
  if (!hasSaltsApart(exchange.formatVersion)) return [toOlderIndexLine(exchange, place)];
  const { exchangeId, at } = exchange.intent;
  const time = at.replace(/\D/g, '');
  const uri = isAnswer(place.record) ? `urn:uuid:${exchangeId}` : `urn:uuid:${exchangeId}#${place.record}`;
  const byId = `urn:uuid:${exchangeId} ${time} {"url":"${uri}","mime":"${contentTypes[place.record]}","record":"${place.record}",${render(place)}}`;
  const surt = isAnswer(place.record) ? toSurt(targetUriOf(exchange)) : undefined;
  return surt === undefined ? [byId] : [byId, `${surt} ${time} ${addressEntry(exchange, place)}`];
}

/** No digest of the answer: one without a salt would let guesses be confirmed. */
function addressEntry(exchange: ArchivedExchange, place: RecordPlace): string {
  const { response, intent } = exchange;
  const about = { url: targetUriOf(exchange), mime: mimeOf(response?.headers), status: String(response?.status) };
  return `${JSON.stringify(about).slice(0, -1)},"exchange":"${intent.exchangeId}",${render(place)}}`;
}

const FILE_NAME = bundlePaths.warc.slice(bundlePaths.warc.lastIndexOf('/') + 1);
const render = ({ offset, length }: RecordPlace): string => `"filename":"${FILE_NAME}","offset":"${offset}","length":"${length}"`;
