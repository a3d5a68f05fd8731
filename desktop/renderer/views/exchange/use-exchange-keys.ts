import { useEffect, useRef } from 'react';
import { EXCHANGE_TABS, type ExchangeTab } from '../../route.ts';
import { useReview } from '../../store/review-context.tsx';
import { useGo } from '../../store/use-route.ts';

type Options = {
  readonly exchangeId: string;
  readonly tab: ExchangeTab | undefined;
  readonly onPrevious: () => void;
  readonly onNext: () => void;
};

const isElsewhere = (event: KeyboardEvent): boolean =>
  event.defaultPrevented ||
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  (event.target instanceof HTMLElement &&
    (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.closest('[role=dialog],[role=menu]') !== null));

/** `[` and `]` walk the list, digits choose the tab, Escape goes back. */
export function useExchangeKeys(options: Options): void {
  const go = useGo();
  const filter = useReview((state) => state.filter);
  const latest = useRef({ ...options, filter });
  latest.current = { ...options, filter };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (isElsewhere(event)) return;
      const { exchangeId, onPrevious, onNext } = latest.current;
      const tab = EXCHANGE_TABS[Number(event.key) - 1];
      if (event.key === '[') onPrevious();
      else if (event.key === ']') onNext();
      else if (event.key === 'Escape') go({ screen: 'exchanges', filter: latest.current.filter });
      else if (tab !== undefined) go({ screen: 'exchange', exchangeId, tab }, { replace: true });
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [go]);
}
