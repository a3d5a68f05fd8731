import { clsx } from 'clsx';

/** The shape of what is coming. Screen readers hear one word. */
export function Skeleton({ lines = 3, className }: { readonly lines?: number; readonly className?: string }) {
  return (
    <div role="status" aria-label="Loading" className={clsx('flex flex-col gap-2', className)}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
        <div key={line} className={clsx('bg-sunken h-4 animate-pulse rounded', LENGTHS[line % LENGTHS.length])} />
      ))}
    </div>
  );
}

const LENGTHS = ['w-2/3', 'w-full', 'w-5/6', 'w-1/2', 'w-3/4'];
