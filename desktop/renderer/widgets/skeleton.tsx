import { clsx } from 'clsx';

/** The shape of what is coming. Screen readers hear one word. */
type Props = { readonly lines?: number; readonly label?: string; readonly className?: string };

export function Skeleton({ lines = 3, label, className }: Props) {
  return (
    <div role="status" aria-label={label ?? 'Loading'} className={clsx('flex flex-col gap-2', className)}>
      {label === undefined ? null : <p className="text-muted text-xs">{label}</p>}
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
        <div key={line} className={clsx('bg-line h-4 animate-pulse rounded', LENGTHS[line % LENGTHS.length])} />
      ))}
    </div>
  );
}

const LENGTHS = ['w-2/3', 'w-full', 'w-5/6', 'w-1/2', 'w-3/4'];
