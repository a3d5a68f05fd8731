import { formatDuration } from '../../text/format.ts';
import { toPhases } from './to-phases.ts';

type Props = { readonly timings: readonly { readonly name: string; readonly ms: number }[]; readonly total: number | undefined };

/** What each mark of the recorder ended, and in which colour it is drawn. */
const LOOKS: Readonly<Record<string, { readonly word: string; readonly fill: string }>> = {
  identity: { word: 'Identity', fill: 'bg-upstream-error' },
  policy: { word: 'Policy', fill: 'bg-transport-failed' },
  intentDurable: { word: 'Intent to disk', fill: 'bg-sound' },
  upstreamFirstByte: { word: 'Waiting for BigQuery', fill: 'bg-answered' },
  upstreamLastByte: { word: 'Receiving', fill: 'bg-accent' },
  rest: { word: 'Record and deliver', fill: 'bg-aborted' },
};

/** Where the time of an exchange went, phase after phase, like a waterfall of one. */
export function TimingsBar({ timings, total }: Props) {
  const phases = toPhases(timings, total);
  const whole = Math.max(0.001, ...phases.map((phase) => phase.startMs + phase.ms));
  return (
    <dl className="grid grid-cols-[minmax(0,8.5rem)_minmax(0,1fr)_auto] items-center gap-x-2 gap-y-0.5 text-xs">
      {phases.map(({ name, startMs, ms }) => (
        <div key={name} className="contents">
          <dt className="truncate">{LOOKS[name]?.word ?? name}</dt>
          <dd aria-hidden className="bg-sunken relative h-2 overflow-hidden rounded-sm">
            <span
              className={`absolute top-0 h-full rounded-sm ${LOOKS[name]?.fill ?? 'bg-aborted'}`}
              style={{ left: `${(100 * startMs) / whole}%`, width: `${Math.max(1.5, (100 * ms) / whole)}%` }}
            />
          </dd>
          <dd className="text-right">{formatDuration(ms)}</dd>
        </div>
      ))}
      {total === undefined ? null : (
        <div className="contents font-medium">
          <dt>Whole exchange</dt>
          <dd className="col-span-2 text-right">{formatDuration(total)}</dd>
        </div>
      )}
    </dl>
  );
}
