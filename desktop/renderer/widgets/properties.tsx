import type { ReactNode } from 'react';

export type Property = readonly [name: string, value: ReactNode | undefined];

/** Names and values; what has no value is left out. */
export function Properties({
  of: properties,
  columns = 'grid-cols-[8.5rem_minmax(0,1fr)]',
}: {
  readonly of: readonly Property[];
  readonly columns?: string;
}) {
  return (
    <dl className={`grid ${columns} gap-x-3 gap-y-1 text-sm`}>
      {properties
        .filter(([, value]) => value !== undefined && value !== '' && value !== null)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted truncate">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
