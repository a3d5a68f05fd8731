import type { Row } from '../../bigquery/cell.ts';
import type { TableFieldSchema } from '../../bigquery/schema.ts';
import type { TimestampFormat } from '../../bigquery/timestamp.ts';
import type { OnProblem, ResultPageRead } from './read-result-pages.ts';

/** The rows of one page that no page before it brought. */
export type NewRows = {
  readonly exchangeId: string;
  readonly number: number;
  readonly fields: readonly TableFieldSchema[] | undefined;
  readonly timestampFormat: TimestampFormat | undefined;
  readonly reportedRows: string | undefined;
  /** Indexes of columns that were taken out. */
  readonly redacted: readonly number[];
  /** Index of the first of `rows` in the result. */
  readonly start: number;
  readonly rows: readonly Row[];
};

/** Pages that were asked for twice bring rows that are there already; a hole between pages is told. */
export async function* takeNewRows(pages: AsyncIterable<ResultPageRead>, onProblem: OnProblem): AsyncIterable<NewRows> {
  let covered = 0;
  for await (const { exchangeId, number, start, page, request, redacted } of pages) {
    if (start > covered) onProblem(`Rows ${covered} to ${start - 1} were not fetched in this session.`);
    const skip = Math.max(0, Math.min(page.rows.length, covered - start));
    covered = Math.max(covered, start + page.rows.length);
    yield {
      exchangeId,
      number,
      fields: page.fields,
      timestampFormat: request.timestampFormat,
      reportedRows: page.totalRows,
      redacted: redacted ?? [],
      start: start + skip,
      rows: page.rows.slice(skip),
    };
  }
}
