import { clsx } from 'clsx';
import { REPLAY_LABELS, type ReplayProgress } from '../../../../shared/contract/replay.ts';
import { useReview } from '../../store/review-context.tsx';
import { formatCount } from '../../text/format.ts';
import { Tip } from '../../widgets/tip.tsx';
import { REPLAY_LOOKS } from './replay-labels.ts';
import { ReplayMark } from './replay-mark.tsx';

/** How many statements got which label; pressing one shows only these. */
export function ReplayCounts({ progress }: { readonly progress: ReplayProgress }) {
  const label = useReview((state) => state.replayLabel);
  const setLabel = useReview((state) => state.setReplayLabel);
  return (
    <fieldset aria-label="Outcomes by label" className="flex flex-wrap gap-1.5">
      {REPLAY_LABELS.map((each) => (
        <Tip key={each} text={REPLAY_LOOKS[each].meaning}>
          <button
            type="button"
            aria-pressed={label === each}
            onClick={() => setLabel(label === each ? undefined : each)}
            className={clsx(
              'border-line bg-surface hover:bg-hover aria-pressed:border-accent aria-pressed:bg-selected flex h-7 items-center gap-2 rounded-md border px-2',
            )}
          >
            <ReplayMark label={each} />
            <span className="text-xs font-semibold">{formatCount(progress.counts[each] ?? 0)}</span>
          </button>
        </Tip>
      ))}
    </fieldset>
  );
}
