import { CircleCheck, CircleDashed, CircleSlash, CircleX, type LucideIcon } from 'lucide-react';
import type { Check } from '../../../shared/contract/integrity.ts';

const LOOKS: Record<Check['status'], { readonly icon: LucideIcon; readonly ink: string }> = {
  passed: { icon: CircleCheck, ink: 'text-sound' },
  failed: { icon: CircleX, ink: 'text-broken' },
  missing: { icon: CircleSlash, ink: 'text-broken' },
  skipped: { icon: CircleDashed, ink: 'text-muted' },
};

export function CheckMark({ status }: { readonly status: Check['status'] }) {
  const { icon: Icon, ink } = LOOKS[status];
  return (
    <span className={`inline-flex w-18 shrink-0 items-center gap-1 ${ink}`}>
      <Icon size={13} aria-hidden />
      {status}
    </span>
  );
}
