import { useCallback, useEffect, useLayoutEffect, useState } from 'react';
import { type RowWindow, scrollTopFor, toRowWindow } from './row-window.ts';

type Options = { readonly count: number; readonly rowHeight: number; readonly headerHeight: number };

/** Follows a scrolled element; `show` scrolls a row into view. */
export function useRowWindow(
  element: HTMLElement | null,
  { count, rowHeight, headerHeight }: Options,
): RowWindow & { readonly viewHeight: number; readonly viewWidth: number; readonly show: (row: number) => void } {
  const [scrollTop, setScrollTop] = useState(0);
  const [size, setSize] = useState({ viewHeight: 600, viewWidth: 0 });

  useLayoutEffect(() => {
    if (element === null) return;
    // Sizes are read when they change, not while scrolling: reading them there would lay out the page twice a frame.
    const measure = (): void => setSize({ viewHeight: Math.max(0, element.clientHeight - headerHeight), viewWidth: element.clientWidth });
    const follow = (): void => setScrollTop(element.scrollTop);
    measure();
    follow();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', follow, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', follow);
    };
  }, [element, headerHeight]);

  const window = toRowWindow({ scrollTop, viewHeight: size.viewHeight, count, rowHeight });
  useExactWheel(element, window.scale);

  const show = useCallback(
    (row: number) => {
      if (element === null) return;
      const viewHeight = Math.max(rowHeight, element.clientHeight - headerHeight);
      const next = scrollTopFor(row, { scrollTop: element.scrollTop, viewHeight, count, rowHeight });
      if (next !== element.scrollTop) element.scrollTop = next;
    },
    [element, count, rowHeight, headerHeight],
  );
  return { ...window, ...size, show };
}

/** In a compressed range the wheel would jump by `scale`: it is slowed down, so that a notch is a notch. */
function useExactWheel(element: HTMLElement | null, scale: number): void {
  useEffect(() => {
    if (element === null || scale === 1) return;
    let rest = 0;
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.deltaMode !== WheelEvent.DOM_DELTA_PIXEL || event.deltaY === 0) return;
      event.preventDefault();
      const exact = rest + event.deltaY / scale;
      const whole = Math.trunc(exact);
      rest = exact - whole;
      element.scrollBy(event.deltaX, whole);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [element, scale]);
}
