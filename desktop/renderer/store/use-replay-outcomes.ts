import type { ReplayOutcome, ReplayProgress } from '../../../shared/contract/replay.ts';
import { useReview, useReviewParts } from './review-context.tsx';
import { type Pages, usePages } from './use-pages.ts';

/** Outcomes arrive while the run goes on: the list is asked for again when this many more are there. */
const REFRESH_EVERY = 25;

/** The outcomes of the current run, of one label or of all. */
export function useReplayOutcomes(progress: ReplayProgress): Pages<ReplayOutcome> {
  const { engine } = useReviewParts();
  const label = useReview((state) => state.replayLabel);
  const ended = progress.phase !== 'running' && progress.phase !== 'preparing';
  const step = ended ? progress.phase : Math.floor(progress.done / REFRESH_EVERY);
  const total = label === undefined ? progress.done : (progress.counts[label] ?? 0);
  return usePages(`${progress.replayId} ${label ?? ''} ${step}`, async (offset, limit) => {
    const answer = await engine.tryCall('replay:state', { offset, limit, ...(label === undefined ? {} : { label }) });
    return answer.ok ? { ok: true, value: { rows: answer.value.outcomes, total } } : answer;
  });
}
