import { formatDuration } from '../../text/format.ts';

type Timing = { readonly name: string; readonly ms: number };

/** Shades by place, so that neighbours differ; the names stand in the list beneath. */
const FILLS = ['bg-upstream-error', 'bg-transport-failed', 'bg-sound', 'bg-answered', 'bg-accent', 'bg-refused', 'bg-aborted'];

const WORDS: Readonly<Record<string, string>> = {
  identity: 'Identity',
  session: 'Session',
  inspect: 'Inspection',
  policy: 'Policy',
  approval: 'Approval',
  intentDurable: 'Intent on disk',
  upstreamFirstByte: 'First byte from BigQuery',
  upstreamLastByte: 'Last byte from BigQuery',
};

/** What the gateway did with the time, in order. */
export function TimingsBar({ timings, total }: { readonly timings: readonly Timing[]; readonly total: number | undefined }) {
  const sum = timings.reduce((all, timing) => all + timing.ms, 0);
  return (
    <div className="flex flex-col gap-1.5">
      <div className="bg-sunken flex h-2.5 gap-px overflow-hidden rounded" aria-hidden>
        {timings.map(({ name, ms }, index) => (
          <span
            key={name}
            className={FILLS[index % FILLS.length]}
            style={{ width: `${sum === 0 ? 0 : (100 * ms) / sum}%`, minWidth: ms > 0 ? 2 : 0 }}
          />
        ))}
      </div>
      <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 text-xs">
        {timings.map(({ name, ms }, index) => (
          <div key={name} className="contents">
            <dt className="flex items-center gap-1.5 truncate">
              <span className={`size-2 shrink-0 rounded-sm ${FILLS[index % FILLS.length]}`} aria-hidden />
              {WORDS[name] ?? name}
            </dt>
            <dd className="text-right">{formatDuration(ms)}</dd>
          </div>
        ))}
        {total === undefined ? null : (
          <div className="contents font-medium">
            <dt>Whole exchange</dt>
            <dd className="text-right">{formatDuration(total)}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
