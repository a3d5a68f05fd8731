import type { ReactNode } from 'react';

/** A part that scrolls by itself: named, and reachable by key. */
export function ScrollRegion({
  label,
  className,
  children,
}: {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it, keys could not scroll
    <section aria-label={label} tabIndex={0} data-print="flow" className={`overflow-auto -outline-offset-2 ${className}`}>
      {children}
    </section>
  );
}
