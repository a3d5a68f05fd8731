import { CircleCheck, CircleDashed, CircleSlash, CircleX, type LucideIcon } from 'lucide-react';
import type { Check } from '../../../shared/contract/integrity.ts';

const LOOKS: Record<Check['status'], { readonly icon: LucideIcon; readonly ink: string }> = {
  passed: { icon: CircleCheck, ink: 'text-sound' },
  failed: { icon: CircleX, ink: 'text-broken' },
  missing: { icon: CircleSlash, ink: 'text-broken' },
  skipped: { icon: CircleDashed, ink: 'text-muted' },
};

/** Whether nobody pinned a key: to be settled by a person, no fault of the bundle. */
export const isUnknownKey = ({ name, status }: Pick<Check, 'name' | 'status'>): boolean => status === 'missing' && name.endsWith('-key');

export function CheckMark({ check }: { readonly check: Pick<Check, 'name' | 'status'> }) {
  const { status } = check;
  const { icon: Icon } = LOOKS[status];
  const ink = isUnknownKey(check) ? 'text-caution' : LOOKS[status].ink;
  return (
    <span className={`inline-flex w-18 shrink-0 items-center gap-1 ${ink}`}>
      <Icon size={13} aria-hidden />
      {status}
    </span>
  );
}
