import { useSyncExternalStore } from 'react';

const paper = (): MediaQueryList => matchMedia('print');

function subscribe(listener: () => void): () => void {
  const media = paper();
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
}

/** True while the page is laid out for paper: time to render what the screen shows in parts only. */
export const usePrinting = (): boolean => useSyncExternalStore(subscribe, () => paper().matches);
