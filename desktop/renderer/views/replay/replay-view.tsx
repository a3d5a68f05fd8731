import { PlayCircle, Square } from 'lucide-react';
import { useEffect } from 'react';
import type { ReplayProgress } from '../../../../shared/contract/replay.ts';
import { useReview } from '../../store/review-context.tsx';
import { formatCount, formatDuration } from '../../text/format.ts';
import { Button } from '../../widgets/button.tsx';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { ProgressBar } from '../../widgets/progress-bar.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { OutcomeList } from './outcome-list.tsx';
import { ReplayCounts } from './replay-counts.tsx';
import { ReplayForm } from './replay-form.tsx';

const isUnderWay = (progress: ReplayProgress | undefined): boolean => progress?.phase === 'preparing' || progress?.phase === 'running';

/** The session once more, away from BigQuery: every answer says where it came from. */
export default function ReplayView() {
  const progress = useReview((state) => state.replayProgress);
  const failure = useReview((state) => state.replayFailure);
  const look = useReview((state) => state.lookAtReplay);
  const cancel = useReview((state) => state.cancelReplay);
  useEffect(() => void look(), [look]);
  const underWay = isUnderWay(progress);
  const begun = progress !== undefined && progress.phase !== 'idle';
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Replay" note="in a sandbox on this machine; nothing is sent to BigQuery">
        {underWay ? (
          <Button icon={Square} kind="danger" onClick={() => void cancel()}>
            Cancel
          </Button>
        ) : null}
      </ScreenHeader>
      <div data-print="flow" className="flex min-h-0 flex-1 flex-col">
        <div className="border-line flex shrink-0 flex-col gap-3 border-b px-4 py-3">
          <ReplayForm underWay={underWay} />
          {failure === undefined ? null : <FailureNotice failure={failure} />}
          {progress?.problem === undefined ? null : <FailureNotice failure={progress.problem} />}
          {begun ? <Progress progress={progress} /> : null}
        </div>
        {begun ? (
          <OutcomeList progress={progress} />
        ) : (
          <EmptyState icon={PlayCircle} title="Nothing was replayed yet">
            Choose what should answer, then start. Each statement gets a label that says how its answer came about.
          </EmptyState>
        )}
      </div>
    </div>
  );
}

const PHASE_WORDS: Record<ReplayProgress['phase'], string> = {
  idle: '',
  preparing: 'Rebuilding tables from recorded rows',
  running: 'Running',
  done: 'Done',
  cancelled: 'Cancelled',
  failed: 'Failed',
};

function Progress({ progress }: { readonly progress: ReplayProgress }) {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-muted flex gap-4 text-xs" role="status">
        <span className="text-fg font-medium">{PHASE_WORDS[progress.phase]}</span>
        <span>
          {formatCount(progress.done)} of {formatCount(progress.total)} statements
        </span>
        <span>{formatDuration(progress.elapsedMs)}</span>
        {progress.endpoint === undefined ? null : (
          <span>
            answers at <code className="text-fg">{progress.endpoint}</code>
          </span>
        )}
      </p>
      {isUnderWay(progress) ? (
        <ProgressBar label="Replay" done={progress.done} total={progress.phase === 'preparing' ? undefined : progress.total} />
      ) : null}
      <ReplayCounts progress={progress} />
    </div>
  );
}
