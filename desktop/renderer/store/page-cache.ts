// Rows of a list of any length, by pages, as far as a screen looks at them. The only place of the renderer that holds rows of lists.

import type { Result } from '../../../shared/base/result.ts';
import type { EngineFailure } from '../../../shared/contract/failure.ts';

export type LoadPage<Row> = (
  offset: number,
  limit: number,
) => Promise<Result<{ readonly rows: readonly Row[]; readonly total?: number }, EngineFailure>>;

export type PageCache<Row> = {
  /** Undefined while its page is under way. */
  rowAt(index: number): Row | undefined;
  /** Says what is on screen; asks for the pages that are missing, the visible ones first. */
  want(first: number, last: number): void;
  /** Undefined until the first page tells. */
  total(): number | undefined;
  failure(): EngineFailure | undefined;
  /** Asks again for what failed. */
  retry(): void;
  subscribe(listener: () => void): () => void;
  /** Changes with every arrival: a snapshot for `useSyncExternalStore`. */
  version(): number;
};

type Options<Row> = { readonly load: LoadPage<Row>; readonly total?: number; readonly pageSize?: number; readonly maxPages?: number };

export function createPageCache<Row>({ load, total: knownTotal, pageSize = 200, maxPages = 60 }: Options<Row>): PageCache<Row> {
  const pages = new Map<number, readonly Row[]>();
  const underWay = new Set<number>();
  const listeners = new Set<() => void>();
  let total = knownTotal;
  let failure: EngineFailure | undefined;
  let wanted: readonly [first: number, last: number] = [0, 0];
  let version = 0;

  const changed = (): void => {
    version++;
    for (const listener of listeners) listener();
  };

  async function fetchPage(page: number): Promise<void> {
    underWay.add(page);
    const answer = await load(page * pageSize, pageSize);
    underWay.delete(page);
    if (answer.ok) {
      pages.set(page, answer.value.rows);
      total = answer.value.total ?? total;
      evict();
    } else failure = answer.error;
    changed();
    ask();
  }

  /** Scrolling fast passes many pages: at most two questions are open, and always for what is on screen now. */
  function ask(): void {
    if (failure !== undefined) return;
    for (const page of pagesOf(wanted[0], wanted[1])) {
      if (underWay.size >= 2) return;
      if (!pages.has(page) && !underWay.has(page)) void fetchPage(page);
    }
  }

  function pagesOf(first: number, last: number): readonly number[] {
    const end = total === undefined ? 0 : Math.max(0, Math.ceil(total / pageSize) - 1);
    const from = Math.min(end, Math.max(0, Math.floor(first / pageSize)));
    const to = Math.min(end, Math.max(from, Math.floor(last / pageSize)));
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  }

  function evict(): void {
    for (const page of pages.keys()) {
      if (pages.size <= maxPages) return;
      if (!pagesOf(wanted[0], wanted[1]).includes(page)) pages.delete(page);
    }
  }

  return {
    rowAt: (index) => pages.get(Math.floor(index / pageSize))?.[index % pageSize],
    want(first, last) {
      wanted = [first, last];
      ask();
    },
    total: () => total,
    failure: () => failure,
    retry() {
      failure = undefined;
      changed();
      ask();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
  };
}
