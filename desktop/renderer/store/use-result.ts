import type { Cell } from '../../../shared/contract/cell.ts';
import type { OpenedResult } from '../../../shared/contract/result.ts';
import { useReview, useReviewParts } from './review-context.tsx';
import { type Pages, usePages } from './use-pages.ts';

export type ResultSort = { readonly column: string; readonly direction: 'asc' | 'desc' };

/** Rows of an opened result, by pages. */
export function useResultRows({ resultId, total }: OpenedResult, sort: ResultSort | undefined): Pages<readonly Cell[]> {
  const { engine } = useReviewParts();
  const revision = useReview((state) => state.revision);
  return usePages(
    `${revision} ${resultId} ${JSON.stringify(sort)}`,
    (offset, limit) => engine.tryCall('result:page', { resultId, offset, limit, ...(sort === undefined ? {} : { sort: { ...sort } }) }),
    total,
  );
}
