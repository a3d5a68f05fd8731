import { clsx } from 'clsx';
import type { ReplayLabel } from '../../../../shared/contract/replay.ts';
import { REPLAY_LOOKS } from './replay-labels.ts';

export function ReplayMark({ label }: { readonly label: ReplayLabel }) {
  const { icon: Icon, ink } = REPLAY_LOOKS[label];
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 align-bottom leading-[inherit] font-mono text-2xs font-semibold whitespace-nowrap',
        ink,
      )}
    >
      <Icon size={13} aria-hidden />
      {label}
    </span>
  );
}
