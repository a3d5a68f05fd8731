import type { Row } from '../../../bigquery/cell.ts';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { TimestampFormat } from '../../../bigquery/timestamp.ts';
import type { RowPage } from '../answer.ts';
import { countParameter, flagParameter, parseRowIndex, textParameter } from '../query-parameters.ts';
import { parsePageToken, toPageToken } from './page-token.ts';
import type { RowSource } from './row-source.ts';
import { createRowRewrite, parseTimestampFormat } from './timestamp-format.ts';

/** Which rows a request wants, and how they are spelled. */
export type PageRequest = {
  readonly startIndex: bigint;
  readonly maxResults: number | undefined;
  readonly timestampFormat: TimestampFormat;
};

/** BigQuery ends a page at about 10 MB; one that was asked for by its row count may grow to about 20 MB. */
export type PageLimits = { readonly defaultPageBytes: number; readonly maxPageBytes: number };

export const bigQueryPageLimits: PageLimits = { defaultPageBytes: 10_000_000, maxPageBytes: 20_000_000 };

export function parsePageRequest(query: URLSearchParams, boundTo: string): PageRequest {
  const token = textParameter(query, 'pageToken');
  return {
    startIndex: token === undefined ? (parseRowIndex('startIndex', query.get('startIndex')) ?? 0n) : parsePageToken(boundTo, token),
    maxResults: countParameter(query, 'maxResults'),
    timestampFormat: parseTimestampFormat(
      query.get('formatOptions.timestampOutputFormat') ?? undefined,
      flagParameter(query, 'formatOptions.useInt64Timestamp'),
    ),
  };
}

/** A page that is read while it is sent, and ends at its row count or its byte limit, whichever comes first. */
export function readPage(source: RowSource, request: PageRequest, boundTo: string, limits: PageLimits, signal: AbortSignal): RowPage {
  checkAvailable(source, request);
  let next = request.startIndex;
  const maxBytes = request.maxResults === undefined ? limits.defaultPageBytes : limits.maxPageBytes;
  async function* readRows(): AsyncGenerator<readonly Row[]> {
    if (request.maxResults === 0 || next >= source.totalRows) return;
    const rewrite = createRowRewrite(source.schema.fields, source.timestampFormat, request.timestampFormat);
    let bytes = 0;
    for await (const batch of source.read(next, request.maxResults, signal)) {
      const rows = rewrite === undefined ? batch : batch.map(rewrite);
      const fitting = takeFitting(rows, maxBytes - bytes);
      bytes += fitting.bytes;
      next += BigInt(fitting.rows.length);
      yield fitting.rows;
      if (fitting.rows.length < rows.length || bytes >= maxBytes) return;
    }
  }
  return {
    rows: readRows(),
    toTail: () => (next < source.totalRows && request.maxResults !== 0 ? { pageToken: toPageToken(boundTo, next) } : {}),
  };
}

/** Throws notRecorded for a page whose first row is missing; one that reaches into what is missing ends before it. */
function checkAvailable({ totalRows, availableRows = totalRows }: RowSource, { startIndex, maxResults }: PageRequest): void {
  if (maxResults === 0 || startIndex < availableRows || startIndex >= totalRows) return;
  const message = `Not recorded: of ${totalRows} rows, the recording holds the first ${availableRows}; row ${startIndex} was never fetched`;
  throw new BigQueryError({ reason: 'notRecorded', message });
}

/** At least one row, so that a page always gets on. Bytes are estimated by the text's length. */
function takeFitting(rows: readonly Row[], maxBytes: number): { readonly rows: readonly Row[]; readonly bytes: number } {
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    bytes += estimateBytes(row);
    if (bytes >= maxBytes) return { rows: rows.slice(0, index + 1), bytes };
  }
  return { rows, bytes };
}

type Cell = Row['f'][number]['v'];

/** `{"f":[{"v":"…"}]}` without making the text. */
const estimateBytes = (row: Row): number => row.f.reduce((sum, { v }) => sum + 8 + estimateCell(v), 8);

function estimateCell(cell: Cell): number {
  if (cell === null) return 4;
  if (typeof cell === 'string') return cell.length + 2;
  if ('f' in cell) return estimateBytes(cell);
  return cell.reduce((sum, { v }) => sum + 8 + estimateCell(v), 2);
}
