import { EngineError } from '../../../shared/contract/failure.ts';
import type { CaseBundle } from '../case-bundle.ts';
import type { SqlRow } from '../database/case-database.ts';
import type { ReviewCase } from '../review-case.ts';

/** The row of an exchange and the bundle it came in. Throws EngineError EXCHANGE_UNKNOWN. */
export async function findExchange(review: ReviewCase, exchangeId: string): Promise<{ readonly row: SqlRow; readonly source: CaseBundle }> {
  const [row] = await review.database.all('SELECT * FROM exchange WHERE exchange_id = $1 ORDER BY number LIMIT 1', [exchangeId]);
  const source = review.bundles.find((each) => each.bundleId === row?.['bundle_id']);
  if (row !== undefined && source !== undefined) return { row, source };
  throw new EngineError({
    code: 'EXCHANGE_UNKNOWN',
    message: 'This exchange is not in the case.',
    remedy: 'It may still be loading, or belong to a bundle that is not open.',
  });
}
