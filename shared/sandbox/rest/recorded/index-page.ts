import type { Row } from '../../../bigquery/cell.ts';
import type { TimestampFormat } from '../../../bigquery/timestamp.ts';
import { parseFlag, textParameter } from '../query-parameters.ts';
import type { RecordedExchange } from '../recorded-answers.ts';
import type { JsonObject } from '../rest-call.ts';
import { parseTimestampFormat } from '../rows/timestamp-format.ts';
import { readResponseJson } from './read-recorded-body.ts';
import type { RecordedPage } from './recorded-pages.ts';

/** How the request wanted timestamps: said in the query string, by jobs.query in the body. */
export function toRecordedFormat(query: URLSearchParams, body: JsonObject): TimestampFormat {
  const { timestampOutputFormat, useInt64Timestamp } = (body['formatOptions'] ?? {}) as JsonObject;
  return parseTimestampFormat(
    timestampOutputFormat ?? textParameter(query, 'formatOptions.timestampOutputFormat'),
    parseFlag('useInt64Timestamp', useInt64Timestamp ?? query.get('formatOptions.useInt64Timestamp')),
  );
}

export function toRecordedPage(
  exchange: RecordedExchange,
  query: URLSearchParams,
  response: JsonObject,
  timestampFormat: TimestampFormat,
): RecordedPage {
  const rows = response['rows'];
  const startIndex = textParameter(query, 'startIndex');
  return {
    exchangeId: exchange.exchangeId,
    startIndex: startIndex === undefined ? undefined : BigInt(startIndex),
    pageToken: textParameter(query, 'pageToken'),
    nextPageToken: response['pageToken'] as string | undefined,
    rowCount: Array.isArray(rows) ? rows.length : 0,
    timestampFormat,
    readRows: async () => ((await readResponseJson(exchange))['rows'] ?? []) as readonly Row[],
  };
}
