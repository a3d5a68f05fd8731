import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { createPageCache, type LoadPage, type PageCache } from './page-cache.ts';

/** Rows of one list. A new `key` starts anew; what was under way for the old one is dropped. */
export function usePages<Row>(key: string, load: LoadPage<Row>, total?: number): PageCache<Row> {
  // The key names everything that `load` depends on.
  const cache = useMemo(() => createPageCache({ load, ...(total === undefined ? {} : { total }) }), [key]);
  useSyncExternalStore(cache.subscribe, cache.version);
  useEffect(() => cache.want(0, 0), [cache]);
  return cache;
}
