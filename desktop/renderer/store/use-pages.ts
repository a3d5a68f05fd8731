import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { EngineFailure } from '../../../shared/contract/failure.ts';
import { createPageCache, type LoadPage, type PageCache } from './page-cache.ts';

export type Pages<Row> = {
  readonly rows: {
    readonly total: number;
    readonly rowAt: (index: number) => Row | undefined;
    readonly want: (first: number, last: number) => void;
  };
  /** The first page of this list is not here yet; what is shown belongs to the list before. */
  readonly stale: boolean;
  /** Neither this list nor one before it has arrived. */
  readonly empty: boolean;
  readonly failure: EngineFailure | undefined;
  readonly retry: () => void;
};

/** Rows of one list. A new `key` starts anew; what was under way for the old one is dropped. */
export function usePages<Row>(key: string, load: LoadPage<Row>, total?: number): Pages<Row> {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key names everything that `load` depends on
  const cache = useMemo(() => createPageCache({ load, ...(total === undefined ? {} : { total }) }), [key]);
  const version = useSyncExternalStore(cache.subscribe, cache.version);
  useEffect(() => cache.want(0, 0), [cache]);

  const arrived = useRef<PageCache<Row> | undefined>(undefined);
  if (cache.total() !== undefined) arrived.current = cache;
  const shown = arrived.current ?? cache;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version means new rows behind the same functions
  const rows = useMemo(() => ({ total: shown.total() ?? 0, rowAt: shown.rowAt, want: shown.want }), [shown, version]);
  return { rows, stale: shown !== cache, empty: shown.total() === undefined, failure: cache.failure(), retry: cache.retry };
}
