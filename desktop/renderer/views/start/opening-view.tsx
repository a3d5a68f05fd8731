import { FolderOpen } from 'lucide-react';
import type { BundleState, CaseState } from '../../../../shared/contract/case.ts';
import { useReview } from '../../store/review-context.tsx';
import { formatCount, formatDuration, formatPlural } from '../../text/format.ts';
import { Button } from '../../widgets/button.tsx';
import { CheckMark } from '../../widgets/check-mark.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { ProgressBar } from '../../widgets/progress-bar.tsx';
import { OpenFailure } from './start-view.tsx';

/** While bundles open and nothing of them can be shown yet: what is being checked, as it is checked. */
export function OpeningView({ caseState }: { readonly caseState: CaseState }) {
  const cancel = useReview((state) => state.cancelOpening);
  const close = useReview((state) => state.closeCase);
  const underWay = caseState.phase === 'opening';
  return (
    <main className="h-full overflow-auto">
      <div className="mx-auto flex min-h-full max-w-2xl flex-col justify-center gap-4 p-8">
        <header className="flex items-center gap-3">
          <h1 className="text-lg font-semibold">{underWay ? 'Opening' : 'This did not open'}</h1>
          <div className="ml-auto">
            {underWay ? (
              <Button onClick={() => void cancel()}>Cancel</Button>
            ) : (
              <Button icon={FolderOpen} onClick={() => void close()}>
                Open something else
              </Button>
            )}
          </div>
        </header>
        {caseState.bundles.map((bundle) => (
          <BundleOpening key={bundle.bundleId} bundle={bundle} />
        ))}
      </div>
    </main>
  );
}

const PHASE_WORDS: Record<BundleState['phase'], string> = {
  opening: 'Reading the file list',
  verifying: 'Checking',
  loading: 'Loading exchanges',
  ready: 'Ready',
  cancelled: 'Cancelled',
  failed: 'Failed',
};

const STEP_WORDS = { hashing: 'Hashing files', checking: 'Checking records' } as const;

/** A full bar would say that it is done. */
const isBetweenSteps = ({ verifying }: BundleState): boolean => verifying !== undefined && verifying.doneBytes >= verifying.totalBytes;

function progressOf(bundle: BundleState): { readonly done: number; readonly total?: number | undefined } {
  if (bundle.phase === 'loading') return { done: bundle.exchangesLoaded, total: bundle.exchangesTotal };
  if (bundle.verifying === undefined || isBetweenSteps(bundle)) return { done: 0 };
  return { done: bundle.verifying.doneBytes, total: bundle.verifying.totalBytes };
}

function BundleOpening({ bundle }: { readonly bundle: BundleState }) {
  const word = bundle.verifying === undefined ? PHASE_WORDS[bundle.phase] : STEP_WORDS[bundle.verifying.step];
  const underWay = bundle.phase === 'opening' || bundle.phase === 'verifying' || bundle.phase === 'loading';
  return (
    <section aria-label={bundle.fileName} className="bg-surface border-line flex flex-col gap-3 rounded-lg border p-4">
      <div className="flex items-baseline gap-3">
        <EvidenceText text={bundle.sessionName ?? bundle.fileName} className="truncate font-semibold" />
        <EvidenceText text={bundle.path} className="text-muted min-w-0 flex-1 truncate text-xs" />
      </div>
      {underWay ? (
        <>
          <ProgressBar label={word} {...progressOf(bundle)} />
          <p className="text-muted flex gap-4 text-xs" role="status">
            <span>{word}</span>
            <span>{formatPlural(bundle.checksDone, 'check')} done</span>
            {bundle.exchangesLoaded === 0 ? null : <span>{formatPlural(bundle.exchangesLoaded, 'exchange')}</span>}
            {bundle.rate === undefined ? null : <span>{formatCount(Math.round(bundle.rate))} per second</span>}
            <span className="ml-auto">{formatDuration(bundle.elapsedMs)}</span>
          </p>
        </>
      ) : null}
      {bundle.problems.map((problem) => (
        <OpenFailure key={`${problem.code} ${problem.message}`} failure={problem} />
      ))}
      <LiveChecks bundleId={bundle.bundleId} />
    </section>
  );
}

const SHOWN = 12;
const NO_CHECKS: readonly never[] = [];

function LiveChecks({ bundleId }: { readonly bundleId: number }) {
  const checks = useReview((state) => state.liveChecks.get(bundleId)) ?? NO_CHECKS;
  if (checks.length === 0) return null;
  const failed = checks.filter((check) => check.status === 'failed' || check.status === 'missing');
  const shown = [...failed, ...checks.slice(-SHOWN).filter((check) => !failed.includes(check))].slice(0, SHOWN);
  return (
    <ul className="flex flex-col gap-0.5 text-xs" aria-label="Checks">
      {shown.map((check) => (
        <li key={`${check.name} ${check.subject}`} className="flex items-baseline gap-2">
          <CheckMark check={check} />
          <span className="shrink-0">{check.name}</span>
          <EvidenceText text={check.subject} className="text-muted min-w-0 truncate" />
        </li>
      ))}
    </ul>
  );
}
