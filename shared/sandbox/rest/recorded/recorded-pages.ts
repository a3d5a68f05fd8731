import type { Row } from '../../../bigquery/cell.ts';
import type { TableSchema } from '../../../bigquery/schema.ts';
import type { TimestampFormat } from '../../../bigquery/timestamp.ts';
import type { RecordedRows } from '../recorded-answers.ts';
import { createRowRewrite } from '../rows/timestamp-format.ts';

/** One page of rows as some exchange held it; the rows themselves stay where they are until they are read. */
export type RecordedPage = {
  readonly exchangeId: string;
  /** The request's own, if it gave one. */
  readonly startIndex: bigint | undefined;
  readonly pageToken: string | undefined;
  readonly nextPageToken: string | undefined;
  readonly rowCount: number;
  readonly timestampFormat: TimestampFormat;
  readRows(): Promise<readonly Row[]>;
};

/** Puts pages in their places: by their start, or behind the page whose token they were asked with. What cannot be placed is left out. */
export function toRecordedRows(pages: readonly RecordedPage[], schema: TableSchema | undefined, totalRows: bigint): RecordedRows {
  const placed = placePages(pages);
  return {
    schema,
    totalRows,
    recordedRows: countContiguous(placed),
    timestampFormat: 'INT64',
    read: (startIndex) => readFrom(placed, schema, startIndex),
  };
}

type Placed = { readonly start: bigint; readonly end: bigint; readonly page: RecordedPage };

function placePages(pages: readonly RecordedPage[]): readonly Placed[] {
  const startOfToken = new Map<string, bigint>();
  const placed: Placed[] = [];
  for (const page of pages) {
    const start = page.pageToken === undefined ? (page.startIndex ?? 0n) : startOfToken.get(page.pageToken);
    if (start === undefined) continue;
    const end = start + BigInt(page.rowCount);
    if (page.nextPageToken !== undefined) startOfToken.set(page.nextPageToken, end);
    placed.push({ start, end, page });
  }
  return placed.sort((left, right) => Number(left.start - right.start) || Number(right.end - left.end));
}

function countContiguous(placed: readonly Placed[]): bigint {
  let reached = 0n;
  for (const { start, end } of placed) if (start <= reached && end > reached) reached = end;
  return reached;
}

async function* readFrom(placed: readonly Placed[], schema: TableSchema | undefined, startIndex: bigint): AsyncGenerator<readonly Row[]> {
  let at = startIndex;
  for (const { start, end, page } of placed) {
    if (start > at || end <= at) continue;
    const rows = await page.readRows();
    const rewrite = createRowRewrite(schema?.fields ?? [], page.timestampFormat, 'INT64');
    const fresh = rows.slice(Number(at - start));
    yield rewrite === undefined ? fresh : fresh.map(rewrite);
    at = end;
  }
}
