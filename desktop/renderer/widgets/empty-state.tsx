import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

type Props = { readonly icon: LucideIcon; readonly title: string; readonly children?: ReactNode; readonly action?: ReactNode };

/** Nothing to show, and why. */
export function EmptyState({ icon: Icon, title, children, action }: Props) {
  return (
    <div className="flex h-full min-h-40 flex-col items-center justify-center gap-2 p-6 text-center">
      <Icon size={28} strokeWidth={1.5} className="text-faint" aria-hidden />
      <p className="font-medium">{title}</p>
      {children === undefined ? null : <div className="text-muted max-w-md text-sm">{children}</div>}
      {action}
    </div>
  );
}
