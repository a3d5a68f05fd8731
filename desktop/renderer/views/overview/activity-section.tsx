import { Activity } from 'lucide-react';
import { useAnswer } from '../../store/use-answer.ts';
import { formatDuration } from '../../text/format.ts';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { Histogram } from '../../widgets/histogram.tsx';
import { Section } from '../../widgets/section.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { sumLanes } from './sum-lanes.ts';

const BUCKETS = 96;

/** When it happened: exchanges over time, by how they ended. */
export function ActivitySection() {
  const timeline = useAnswer('timeline:lanes', { filter: '', by: 'outcome', buckets: BUCKETS, maxLanes: 7 });
  const value = timeline.value;
  return (
    <Section title="Activity" aside={value === undefined ? undefined : `each bar ${formatDuration(value.bucketMs)}`}>
      {value === undefined ? (
        <Skeleton lines={3} />
      ) : value.from === undefined || value.to === undefined ? (
        <EmptyState icon={Activity} title="Nothing happened yet" />
      ) : (
        <Histogram label="Exchanges over time" bars={sumLanes(value.lanes, value.buckets)} from={value.from} to={value.to} />
      )}
    </Section>
  );
}
