import type { ReactNode } from 'react';

type Props = { readonly of: Readonly<Record<string, ReactNode>>; readonly columns?: string; readonly dense?: boolean };

/** Names and values; what has no value is left out. */
export function Properties({ of: properties, columns = 'grid-cols-[8.5rem_minmax(0,1fr)]', dense = false }: Props) {
  return (
    <dl className={`grid ${columns} content-start gap-x-3 ${dense ? 'gap-y-0.5 text-xs' : 'gap-y-1 text-sm'}`}>
      {Object.entries(properties)
        .filter(([, value]) => value !== undefined && value !== '' && value !== null && value !== false)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted truncate">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
