import type { ReactNode } from 'react';

/** Title line of a screen: what it is, its figures, its actions. */
export function ScreenHeader({
  title,
  note,
  children,
}: {
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <header className="border-line flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2">
      <h1 className="text-base font-semibold">{title}</h1>
      {note === undefined ? null : <div className="text-muted min-w-0 text-xs">{note}</div>}
      <div data-print="hide" className="ml-auto flex items-center gap-1.5">
        {children}
      </div>
    </header>
  );
}
