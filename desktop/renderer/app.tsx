import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import type { CaseState } from '../../shared/contract/case.ts';
import type { Review, ReviewState } from './store/review.ts';
import { ReviewProvider, useReview } from './store/review-context.tsx';
import { Shell } from './views/shell/shell.tsx';
import { DropZone } from './views/start/drop-zone.tsx';
import { OpeningView } from './views/start/opening-view.tsx';
import { StartView } from './views/start/start-view.tsx';
import { FailureNotice } from './widgets/notice.tsx';
import { Skeleton } from './widgets/skeleton.tsx';

export function App({ review }: { readonly review: Review }) {
  return (
    <CSPProvider disableStyleElements>
      <ReviewProvider review={review}>
        <Tooltip.Provider delay={500}>
          <DropZone>
            <CurrentPhase />
          </DropZone>
        </Tooltip.Provider>
      </ReviewProvider>
    </CSPProvider>
  );
}

/** Nothing opened · opening, nothing to see yet · the screens. */
function CurrentPhase() {
  const caseState = useReview((state) => state.caseState);
  if (caseState === undefined) return <Connecting />;
  if (caseState.phase === 'empty') return <StartView />;
  return hasRows(caseState) ? <Shell /> : <OpeningView caseState={caseState} />;
}

const hasRows = ({ phase, bundles }: CaseState): boolean =>
  phase === 'ready' || bundles.some((bundle) => bundle.phase === 'ready' || (bundle.phase !== 'failed' && bundle.exchangesLoaded > 0));

const selectFailure = (state: ReviewState) => state.openFailure;
const selectConnect = (state: ReviewState) => state.connect;

function Connecting() {
  const failure = useReview(selectFailure);
  const connect = useReview(selectConnect);
  return (
    <main className="mx-auto flex h-full max-w-lg flex-col justify-center p-6">
      {failure === undefined ? <Skeleton lines={4} /> : <FailureNotice failure={failure} retry={() => void connect()} />}
    </main>
  );
}
