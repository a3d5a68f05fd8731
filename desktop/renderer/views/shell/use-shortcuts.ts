import { useEffect } from 'react';
import { useReviewParts } from '../../store/review-context.tsx';
import { useGo } from '../../store/use-route.ts';
import { SCREENS } from './screens.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.shadowRoot !== null || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Keys that work everywhere: Ctrl+K, `?`, and G followed by a screen's letter. */
export function useShortcuts(): void {
  const { store } = useReviewParts();
  const go = useGo();
  useEffect(() => {
    let awaitingScreen = 0;
    const onKeyDown = (event: KeyboardEvent): void => {
      const { setPaletteOpen, setKeysOpen, paletteOpen } = store.getState();
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setPaletteOpen(!paletteOpen);
        return;
      }
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.key === '?') setKeysOpen(true);
      else if (event.key === 'g') awaitingScreen = event.timeStamp;
      else if (event.timeStamp - awaitingScreen < 1500) {
        const entry = SCREENS.find((each) => each.key === event.key);
        if (entry !== undefined) {
          event.preventDefault();
          go({ screen: entry.screen });
        }
        awaitingScreen = 0;
      }
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [store, go]);
}
