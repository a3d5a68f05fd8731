import type { Row } from '../../bigquery/cell.ts';
import { REDACTED_VALUE } from '../../bundle/format.ts';
import { type AnswerPage, type PageRequest, parseAnswerPage, parsePageRequest } from './answer-page.ts';

/** An exchange whose answer may hold rows of a result. */
export type ResultExchange = { readonly exchangeId: string; readonly number: number; readonly target: string };

export type ResultPageRead = {
  readonly exchangeId: string;
  readonly number: number;
  /** Index of its first row in the result. */
  readonly start: number;
  readonly page: AnswerPage;
  readonly request: PageRequest;
  /** Indexes of columns that were taken out of it. */
  readonly redacted?: readonly number[] | undefined;
};

/** Where the answers lie. */
export type ResultBodies = {
  readText(exchange: ResultExchange, side: 'request' | 'response'): Promise<string | undefined>;
  /** Whether columns were taken out of its answer. */
  isConverted(exchangeId: string): Promise<boolean>;
};

/** What a reader of rows should know; of one exchange where `exchange` tells its number. */
export type OnProblem = (problem: string, exchange?: number) => void;

const timestampType = /"type"\s*:\s*"timestamp"/i;

export const maskedProblem = 'Masked before delivery: the cells are as the client got them, not as BigQuery sent them.';

/** Reads the answers one by one and says where each stands in the result; memory holds one of them. Damaged ones are told and passed over. */
export async function* readResultPages(
  exchanges: Iterable<ResultExchange> | AsyncIterable<ResultExchange>,
  bodies: ResultBodies,
  onProblem: OnProblem,
): AsyncIterable<ResultPageRead> {
  const starts = new Map<string, number>();
  for await (const exchange of exchanges) {
    const { exchangeId, number, target } = exchange;
    try {
      const text = await bodies.readText(exchange, 'response');
      const page = text === undefined ? undefined : parseAnswerPage(text);
      if (text === undefined || page === undefined) continue;
      // How timestamps are spelled is all that a request says of rows.
      const hasTimes = timestampType.test(text);
      const request = parsePageRequest(target, hasTimes ? await bodies.readText(exchange, 'request') : undefined);
      const start = request.startIndex ?? (request.pageToken === undefined ? 0 : starts.get(request.pageToken));
      if (start === undefined) {
        onProblem(`begins at a page token that no recorded answer gave: its ${page.rows.length} rows are left out.`, number);
        continue;
      }
      if (page.nextToken !== undefined) starts.set(page.nextToken, start + page.rows.length);
      const isConverted = text.includes(REDACTED_VALUE) && (await bodies.isConverted(exchangeId));
      const redacted = isConverted ? findRedacted(page.rows) : undefined;
      yield { exchangeId, number, start, page, request, redacted };
    } catch (error) {
      onProblem(`has an answer that cannot be read: ${error instanceof Error ? error.message : String(error)}`, number);
    }
  }
}

/** The columns that hold nothing else. */
const findRedacted = (rows: readonly Row[]): number[] =>
  (rows[0]?.f ?? []).flatMap((_, index) => (rows.every(({ f }) => f[index]?.v === REDACTED_VALUE) ? [index] : []));
