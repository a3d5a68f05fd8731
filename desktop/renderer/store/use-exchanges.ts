import type { ExchangeRow, ExchangeSort } from '../../../shared/contract/exchange.ts';
import { useReview, useReviewParts } from './review-context.tsx';
import { type Pages, usePages } from './use-pages.ts';

/** The exchanges that match, in order, as far as they are looked at. */
export function useExchanges(filter: string, sort: ExchangeSort): Pages<ExchangeRow> {
  const { engine } = useReviewParts();
  const revision = useReview((state) => state.revision);
  return usePages(`${revision} ${sort.by} ${sort.direction} ${filter}`, (offset, limit) =>
    engine.tryCall('exchange:list', { filter, sort, offset, limit }),
  );
}
