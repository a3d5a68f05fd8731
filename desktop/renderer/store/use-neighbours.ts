import { useReview } from './review-context.tsx';
import { useAnswer } from './use-answer.ts';

export type Neighbours = {
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** Place in the list, from 0, and its length; absent when neither the filtered nor the whole list holds it. */
  readonly offset: number | undefined;
  readonly total: number | undefined;
};

/** The exchanges before and after this one in the list as it is filtered and sorted now; in the whole list when the filter leaves it out. */
export function useNeighbours(exchangeId: string): Neighbours {
  const filter = useReview((state) => state.filter);
  const sort = useReview((state) => state.sort);
  const filtered = useAnswer('exchange:locate', { exchangeId, filter, sort }, exchangeId);
  const leftOut = filtered.status === 'failed' || (filtered.status === 'ready' && filtered.value?.offset === undefined);
  const whole = useAnswer('exchange:locate', leftOut ? { exchangeId, filter: '', sort } : undefined, exchangeId);
  const offset = leftOut ? whole.value?.offset : filtered.value?.offset;
  const from = Math.max(0, (offset ?? 0) - 1);
  const list = useAnswer(
    'exchange:list',
    offset === undefined ? undefined : { filter: leftOut ? '' : filter, sort, offset: from, limit: 3 },
    exchangeId,
  );
  const rows = list.value?.rows ?? [];
  const at = rows.findIndex((row) => row.exchangeId === exchangeId);
  return {
    previous: at > 0 ? rows[at - 1]?.exchangeId : undefined,
    next: at >= 0 ? rows[at + 1]?.exchangeId : undefined,
    offset,
    total: list.value?.total,
  };
}
