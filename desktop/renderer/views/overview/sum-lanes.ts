import type { z } from 'zod/mini';
import type { TimelineLane } from '../../../../shared/contract/finding.ts';
import type { Bar } from '../../widgets/histogram.tsx';

/** All lanes added up: one bar for each bucket, empty ones too. */
export function sumLanes(lanes: readonly z.infer<typeof TimelineLane>[], buckets: number): readonly Bar[] {
  const bars = Array.from({ length: buckets }, () => ({ total: 0, denied: 0, failed: 0 }));
  for (const lane of lanes)
    for (const { bucket, exchanges, denied, failed } of lane.buckets) {
      const bar = bars[bucket];
      if (bar === undefined) continue;
      bar.total += exchanges;
      bar.denied += denied;
      bar.failed += failed;
    }
  return bars;
}
