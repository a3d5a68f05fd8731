import { Popover } from '@base-ui/react/popover';
import { FolderOpen, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { useReview, useReviewParts } from '../../store/review-context.tsx';
import { Button, IconButton } from '../../widgets/button.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { PathForm } from '../start/path-form.tsx';
import { useOpenFiles } from '../start/use-open.ts';

/** What is open, opening more, closing the case. */
export function OpenMenu({ icon }: { readonly icon: LucideIcon }) {
  const [shown, setShown] = useState(false);
  const { openDialog } = useOpenFiles();
  const { host } = useReviewParts();
  const bundles = useReview((state) => state.caseState?.bundles) ?? [];
  const failure = useReview((state) => state.openFailure);
  const closeCase = useReview((state) => state.closeCase);
  return (
    <Popover.Root open={shown || failure !== undefined} onOpenChange={setShown}>
      <Popover.Trigger render={<IconButton icon={icon} label="Open bundles" />} />
      <Popover.Portal>
        <Popover.Positioner side="right" align="start" sideOffset={8} className="z-40">
          <Popover.Popup
            aria-label="Open bundles"
            className="bg-raised border-line-strong shadow-popup flex w-96 flex-col gap-3 rounded-lg border p-3"
          >
            <h2 className="text-sm font-semibold">Open beside {bundles.length === 1 ? 'this bundle' : 'these bundles'}</h2>
            <Button icon={FolderOpen} onClick={() => void openDialog().then(() => setShown(false))}>
              Choose files…
            </Button>
            {host.edition === 'browser' ? <PathForm onOpened={() => setShown(false)} /> : null}
            {failure === undefined ? null : <Dismissable />}
            <ul className="flex flex-col gap-0.5 text-xs">
              {bundles.map((bundle) => (
                <li key={bundle.bundleId} className="flex gap-2">
                  <span className="text-faint w-4 text-right">{bundle.bundleId}</span>
                  <EvidenceText text={bundle.path} className="min-w-0 flex-1 break-all" />
                </li>
              ))}
            </ul>
            <Button kind="danger" className="self-start" onClick={() => void closeCase()}>
              Close the case
            </Button>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Dismissable() {
  const failure = useReview((state) => state.openFailure);
  const setOpenFailure = useReview((state) => state.setOpenFailure);
  if (failure === undefined) return null;
  return (
    <div className="flex flex-col gap-2">
      <FailureNotice failure={failure} />
      <Button className="self-end" onClick={() => setOpenFailure(undefined)}>
        Dismiss
      </Button>
    </div>
  );
}
