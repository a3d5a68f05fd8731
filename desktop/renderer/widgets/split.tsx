import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';

type Props = { readonly label: string; readonly initial: number; readonly children: ReactNode };

const SHORTEST = 72;
const STEP = 24;

/** The upper of two parts, with an edge that moves by pointer and by arrow keys. Follows `initial` until it was moved. */
export function Split({ label, initial, children }: Props) {
  const [moved, setMoved] = useState<number>();
  const height = moved ?? initial;
  const tallest = Math.max(SHORTEST, window.innerHeight - 240);
  const move = (next: number): void => setMoved(Math.round(Math.max(SHORTEST, Math.min(tallest, next))));

  const onPointerDown = (down: PointerEvent<HTMLElement>): void => {
    down.preventDefault();
    const edge = down.currentTarget;
    edge.setPointerCapture(down.pointerId);
    const onMove = (event: globalThis.PointerEvent): void => move(height + event.clientY - down.clientY);
    edge.addEventListener('pointermove', onMove);
    edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', onMove), { once: true });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    move(height + (event.key === 'ArrowUp' ? -STEP : STEP));
  };

  return (
    <>
      <div data-print="flow" className="shrink-0" style={{ height }}>
        {children}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a movable separator is a control, <hr> is not */}
      <div
        role="separator"
        aria-orientation="horizontal"
        aria-label={label}
        aria-valuenow={height}
        aria-valuemin={SHORTEST}
        aria-valuemax={tallest}
        tabIndex={0}
        data-print="hide"
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
        className="border-line hover:border-accent focus-visible:border-accent relative z-10 -mb-1 h-1.5 shrink-0 cursor-row-resize border-t"
      />
    </>
  );
}
