import { Activity, Rows3, ZoomOut } from 'lucide-react';
import { useState } from 'react';
import { useReview } from '../../store/review-context.tsx';
import { useAnswer } from '../../store/use-answer.ts';
import { useGo } from '../../store/use-route.ts';
import { formatDuration, formatInstant, formatPlural } from '../../text/format.ts';
import { Button } from '../../widgets/button.tsx';
import { Choice } from '../../widgets/choice.tsx';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { LaneChart } from './lane-chart.tsx';
import { type LaneBy, spanFilter } from './lane-filter.ts';
import { TimeAxis } from './time-axis.tsx';

type Span = { readonly from: string; readonly to: string };

const BUCKETS = 240;

/** When what happened, in lanes; dragging over a stretch of time looks closer. */
export default function TimelineView() {
  const filter = useReview((state) => state.filter);
  const go = useGo();
  const [by, setBy] = useState<LaneBy>('principal');
  const [span, setSpan] = useState<Span>();
  const timeline = useAnswer('timeline:lanes', { filter, by, buckets: BUCKETS, maxLanes: 24, ...span }, by);
  const value = timeline.value;
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Timeline" note={filter === '' ? undefined : <code className="break-all">{filter}</code>}>
        {span === undefined ? null : (
          <>
            <Button icon={Rows3} onClick={() => go({ screen: 'exchanges', filter: spanFilter(span.from, span.to, filter) })}>
              Show these exchanges
            </Button>
            <Button icon={ZoomOut} onClick={() => setSpan(undefined)}>
              Whole session
            </Button>
          </>
        )}
        <Choice
          label="Lanes by"
          value={by}
          options={[
            { value: 'principal', label: 'Who' },
            { value: 'table', label: 'Table' },
            { value: 'outcome', label: 'Outcome' },
            { value: 'statementType', label: 'Type' },
          ]}
          onChange={setBy}
        />
      </ScreenHeader>
      <div data-print="flow" className="min-h-0 flex-1 overflow-auto p-4">
        {timeline.failure !== undefined ? (
          <FailureNotice failure={timeline.failure} retry={timeline.retry} />
        ) : value === undefined ? (
          <Skeleton lines={8} />
        ) : value.from === undefined || value.to === undefined || value.lanes.length === 0 ? (
          <EmptyState icon={Activity} title="Nothing happened in this time" />
        ) : (
          <>
            <p className="text-muted mb-2 flex flex-wrap gap-x-4 text-xs">
              <span>
                {formatInstant(value.from)} to {formatInstant(value.to)}
              </span>
              <span>each step {formatDuration(value.bucketMs)}</span>
              {value.foldedLanes > 0 ? <span>the last lane holds {formatPlural(value.foldedLanes, 'more lane')}</span> : null}
              <span className="ml-auto">Drag over a stretch of time to look closer</span>
            </p>
            <LaneChart timeline={value} from={value.from} by={by} filter={filter} onZoom={setSpan} />
            <TimeAxis from={value.from} to={value.to} />
          </>
        )}
      </div>
    </div>
  );
}
