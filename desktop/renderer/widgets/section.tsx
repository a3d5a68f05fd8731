import { clsx } from 'clsx';
import type { ReactNode } from 'react';

type Props = {
  readonly title: string;
  /** Where the title alone does not tell it from others on the screen. */
  readonly label?: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** The body comes without padding: tables and lists that reach the border. */
  readonly flush?: boolean;
};

export function Section({ title, label = title, aside, children, className, flush = false }: Props) {
  return (
    <section aria-label={label} className={clsx('bg-surface border-line flex min-w-0 flex-col rounded-lg border', className)}>
      <header className="border-line flex h-9 shrink-0 items-center gap-2 border-b px-3">
        <h2 className="text-sm font-semibold">{title}</h2>
        <div className="text-muted ml-auto flex items-center gap-2 text-xs">{aside}</div>
      </header>
      <div className={clsx('min-h-0 flex-1', !flush && 'p-3')}>{children}</div>
    </section>
  );
}
