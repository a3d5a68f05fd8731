import {
  maskedProblem,
  type OnProblem,
  type ResultExchange,
  type ResultPageRead,
  readResultPages,
} from '../../../shared/derived/result/read-result-pages.ts';
import type { CaseBundle } from '../case-bundle.ts';
import type { SqlRow } from '../database/case-database.ts';
import { findExchange } from '../exchange/find-exchange.ts';
import type { ReviewCase } from '../review-case.ts';
import { readTextBody } from './read-text-body.ts';

/** The exchanges whose answers together are one result, in the order of recording. */
export type ResultSource = {
  /** Number of the first of them; names the result. */
  readonly number: number;
  readonly source: CaseBundle;
  readonly exchanges: readonly ResultExchange[];
};

const maxExchanges = 100_000;

/** Rows of one job belong together, whoever fetched them; so do the pages of one table's listing. An answer without a job stands alone. */
export async function findResultSource(review: ReviewCase, exchangeId: string): Promise<ResultSource> {
  const { row, source } = await findExchange(review, exchangeId);
  const rows = await findSiblings(review, row);
  const exchanges = rows.map((each) => ({
    exchangeId: String(each['exchange_id']),
    number: Number(each['number']),
    target: String(each['target']),
  }));
  return { number: exchanges[0]?.number ?? Number(row['number']), source, exchanges };
}

async function findSiblings(review: ReviewCase, row: SqlRow): Promise<readonly SqlRow[]> {
  const columns = 'exchange_id, number, target';
  if (row['method_id'] === 'bigquery.tabledata.list') {
    const path = String(row['target']).split('?')[0]!;
    return review.database.all(
      `SELECT ${columns} FROM exchange WHERE bundle_id = $1 AND method_id = 'bigquery.tabledata.list' AND has_result
       AND (target = $2 OR starts_with(target, $2 || '?')) ORDER BY number LIMIT ${maxExchanges}`,
      [row['bundle_id'] as number, path],
    );
  }
  if (row['job_id'] == null) return row['has_result'] === true ? [row] : [];
  return review.database.all(
    `SELECT ${columns} FROM exchange WHERE bundle_id = $1 AND job_id = $2 AND job_project_id IS NOT DISTINCT FROM $3
     AND has_result AND method_id IN ('bigquery.jobs.query', 'bigquery.jobs.getQueryResults') ORDER BY number LIMIT ${maxExchanges}`,
    [row['bundle_id'] as number, row['job_id'] as string, (row['job_project_id'] ?? null) as string],
  );
}

/** What came from BigQuery is recorded beside what was delivered only where the two differ. */
async function isMasked(review: ReviewCase, exchanges: ResultSource['exchanges']): Promise<boolean> {
  const numbers = exchanges.map(({ number }) => number).join(', ');
  const rows = await review.database.all(
    `SELECT 1 FROM body WHERE side = 'upstream-response' AND number IN (${numbers === '' ? 'NULL' : numbers}) LIMIT 1`,
  );
  return rows.length > 0;
}

/** Reads the answers of a result one by one; what a reader should know is told in sentences. */
export async function* readSourcePages(
  review: ReviewCase,
  { source, exchanges }: ResultSource,
  onProblem: OnProblem,
): AsyncIterable<ResultPageRead> {
  if (await isMasked(review, exchanges)) onProblem(maskedProblem);
  const bodies = {
    readText: ({ exchangeId }: ResultExchange, side: 'request' | 'response') => readTextBody(review.database, source, exchangeId, side),
    isConverted: (exchangeId: string) => source.bundle.isConverted(exchangeId),
  };
  yield* readResultPages(exchanges, bodies, onProblem);
}
