import type { EndedExchange } from './check-leaves.ts';
import type { DisclosureName, DisclosureValue, IndexEntry } from './format.ts';
import { type ArchivedExchange, resourceRecords } from './warc-exchange.ts';

/** `has`: which of the records that a redaction may replace or take away are in the archive. */
export function toArchived(
  { intent, values, end }: EndedExchange,
  formatVersion: number,
  has: (record: IndexEntry['record']) => boolean,
): ArchivedExchange {
  const value = <Name extends DisclosureName>(name: Name) => values.get(name)?.[2] as DisclosureValue<Name> | undefined;
  const resources = resourceRecords.filter((record) => has(record) && end.bodies.some((body) => body.side === record));
  const isConverted = has('conversion');
  return {
    formatVersion,
    intent,
    request: value('request'),
    upstreamRequest: value('upstream-request'),
    response: value('response'),
    resources,
    isConverted,
  };
}

/** Kinds of records that an exchange can have: those that are disclosed, and those that hold a body of it. */
export function kindsOf({ values, end }: EndedExchange): IndexEntry['record'][] {
  const messages = (['request', 'upstream-request', 'response'] as const).filter((name) => values.has(name));
  const resources = resourceRecords.filter((record) => end.bodies.some((body) => body.side === record));
  return [...messages, ...(values.has('response') ? (['conversion'] as const) : []), ...resources];
}
