import { type PointerEvent, useState } from 'react';
import type { z } from 'zod/mini';
import type { Timeline, TimelineLane } from '../../../../shared/contract/finding.ts';
import { toHref } from '../../route.ts';
import { formatCount, formatPlural } from '../../text/format.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { outcomeLook } from '../../widgets/outcome-badge.tsx';
import { type LaneBy, laneFilter } from './lane-filter.ts';
import { toZoom } from './to-zoom.ts';

type Lane = z.infer<typeof TimelineLane>;
type Brush = { readonly start: number; readonly end: number };

type Props = {
  readonly timeline: Timeline;
  readonly from: string;
  readonly by: LaneBy;
  readonly filter: string;
  readonly onZoom: (span: { readonly from: string; readonly to: string }) => void;
};

/** One bar chart a lane, all over the same time; drawn from aggregates, whatever the number of exchanges. */
export function LaneChart({ timeline, from, by, filter, onZoom }: Props) {
  const [brush, setBrush] = useState<Brush>();
  const most = Math.max(1, ...timeline.lanes.flatMap((lane) => lane.buckets.map((bucket) => bucket.exchanges)));

  const shareAt = (event: PointerEvent<HTMLElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / width));
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      setBrush({ start: shareAt(event), end: shareAt(event) });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => brush && setBrush({ ...brush, end: shareAt(event) }),
    onPointerUp: () => {
      const zoom = brush && toZoom(timeline, from, brush.start, brush.end);
      setBrush(undefined);
      if (zoom !== undefined) onZoom(zoom);
    },
  };

  return (
    <div className="border-line bg-surface grid grid-cols-[14rem_minmax(0,1fr)] rounded-lg border">
      <ul className="border-line border-r">
        {timeline.lanes.map((lane) => (
          <li key={lane.key} className="border-line flex h-10 flex-col justify-center border-b px-3 last:border-b-0">
            <a
              href={toHref({ screen: 'exchanges', filter: laneFilter(by, lane.key, filter) })}
              className="truncate text-xs font-medium hover:underline"
            >
              <EvidenceText text={by === 'outcome' ? outcomeLook(lane.key).word : lane.key || 'none'} />
            </a>
            <span className="text-muted text-2xs">{formatPlural(lane.total, 'exchange')}</span>
          </li>
        ))}
      </ul>
      <div {...handlers} className="relative cursor-crosshair touch-none select-none">
        {timeline.lanes.map((lane) => (
          <LaneBars key={lane.key} lane={lane} buckets={timeline.buckets} most={most} />
        ))}
        {brush === undefined ? null : (
          <div
            aria-hidden
            className="border-accent bg-accent/15 pointer-events-none absolute top-0 bottom-0 border-x"
            style={{ left: `${100 * Math.min(brush.start, brush.end)}%`, width: `${100 * Math.abs(brush.end - brush.start)}%` }}
          />
        )}
      </div>
    </div>
  );
}

/** Square roots: one exchange beside a thousand can still be seen. */
const heightOf = (count: number, most: number): number => (count === 0 ? 0 : Math.max(8, 92 * Math.sqrt(count / most)));

function LaneBars({ lane, buckets, most }: { readonly lane: Lane; readonly buckets: number; readonly most: number }) {
  const denied = lane.buckets.reduce((sum, bucket) => sum + bucket.denied, 0);
  const failed = lane.buckets.reduce((sum, bucket) => sum + bucket.failed, 0);
  const said = `${lane.key}: ${formatPlural(lane.total, 'exchange')}, ${formatCount(denied)} refused, ${formatCount(failed)} failed`;
  return (
    <svg
      role="img"
      aria-label={said}
      viewBox={`0 0 ${buckets} 100`}
      preserveAspectRatio="none"
      className="border-line block h-10 w-full border-b last:border-b-0"
    >
      {lane.buckets.map((bucket) => {
        const all = heightOf(bucket.exchanges, most);
        const wrong = bucket.exchanges === 0 ? 0 : (all * (bucket.denied + bucket.failed)) / bucket.exchanges;
        const refused = bucket.denied + bucket.failed === 0 ? 0 : (wrong * bucket.denied) / (bucket.denied + bucket.failed);
        return (
          <g key={bucket.bucket}>
            <rect x={bucket.bucket} y={100 - all} width={0.9} height={all} className="fill-answered" />
            <rect x={bucket.bucket} y={100 - all} width={0.9} height={wrong} className="fill-upstream-error" />
            <rect x={bucket.bucket} y={100 - all} width={0.9} height={refused} className="fill-refused" />
          </g>
        );
      })}
    </svg>
  );
}
