import type { Row } from '../../../shared/bigquery/cell.ts';
import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { TimestampFormat } from '../../../shared/bigquery/timestamp.ts';
import type { ResultPageRead } from './result-pages.ts';

/** The rows of one page that no page before it brought. */
export type NewRows = {
  readonly exchangeId: string;
  readonly number: number;
  readonly fields: readonly TableFieldSchema[] | undefined;
  readonly timestampFormat: TimestampFormat | undefined;
  readonly reportedRows: string | undefined;
  /** Index of the first of `rows` in the result. */
  readonly start: number;
  readonly rows: readonly Row[];
};

/** Pages that were asked for twice bring rows that are there already; a hole between pages is told. */
export async function* takeNewRows(pages: AsyncIterable<ResultPageRead>, onProblem: (problem: string) => void): AsyncIterable<NewRows> {
  let covered = 0;
  for await (const { exchangeId, number, start, page, request } of pages) {
    if (start > covered) onProblem(`Rows ${covered} to ${start - 1} were not fetched in this session.`);
    const skip = Math.max(0, Math.min(page.rows.length, covered - start));
    covered = Math.max(covered, start + page.rows.length);
    yield {
      exchangeId,
      number,
      fields: page.fields,
      timestampFormat: request.timestampFormat,
      reportedRows: page.totalRows,
      start: start + skip,
      rows: page.rows.slice(skip),
    };
  }
}
