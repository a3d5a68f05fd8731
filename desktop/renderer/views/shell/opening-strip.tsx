import type { BundleState } from '../../../../shared/contract/case.ts';
import { useReview } from '../../store/review-context.tsx';
import { formatCount } from '../../text/format.ts';
import { Button } from '../../widgets/button.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { ProgressBar } from '../../widgets/progress-bar.tsx';

const isUnderWay = ({ phase }: BundleState): boolean => phase === 'opening' || phase === 'verifying' || phase === 'loading';

/** Says above every screen that what it shows is not yet all. */
export function OpeningStrip() {
  const bundles = useReview((state) => state.caseState?.bundles) ?? [];
  const cancel = useReview((state) => state.cancelOpening);
  const bundle = bundles.find(isUnderWay);
  if (bundle === undefined) return null;
  const doing = bundle.phase === 'loading' ? 'Loading' : 'Checking';
  return (
    <div role="status" data-print="hide" className="border-line bg-surface flex h-9 items-center gap-3 border-b px-4 text-xs">
      <span className="flex min-w-0 items-center gap-1 font-medium">
        {doing} <EvidenceText text={bundle.fileName} className="truncate" />
      </span>
      <span className="w-40">
        <ProgressBar label={`${doing} ${bundle.fileName}`} done={bundle.exchangesLoaded} total={bundle.exchangesTotal} />
      </span>
      <span className="text-muted">
        {formatCount(bundle.exchangesLoaded)}
        {bundle.exchangesTotal === undefined ? '' : ` of ${formatCount(bundle.exchangesTotal)}`} exchanges; the screens show these so far
      </span>
      <Button className="ml-auto h-6" onClick={() => void cancel()}>
        Stop
      </Button>
    </div>
  );
}
