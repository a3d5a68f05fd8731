import { Dialog } from '@base-ui/react/dialog';
import { Pin } from 'lucide-react';
import { type SyntheticEvent, useState } from 'react';
import type { EngineFailure } from '../../../../shared/contract/failure.ts';
import type { Signer } from '../../../../shared/contract/integrity.ts';
import { useReview } from '../../store/review-context.tsx';
import { Button } from '../../widgets/button.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';

type Props = { readonly signer: Signer; readonly open: boolean; readonly onOpenChange: (open: boolean) => void };

/** Trust is a decision: the fingerprint stands there whole, to be compared with what its owner says over another channel. */
export function PinDialog({ signer, open, onOpenChange }: Props) {
  const pin = useReview((state) => state.pinKey);
  const [label, setLabel] = useState(signer.name ?? '');
  const [failure, setFailure] = useState<EngineFailure>();
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const problem = await pin(signer.fingerprint, label.trim());
    setFailure(problem);
    if (problem === undefined) onOpenChange(false);
  };
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(0_0_0/40%)]" />
        <Dialog.Popup className="bg-raised border-line-strong shadow-popup fixed top-1/2 left-1/2 z-50 w-[34rem] max-w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-lg border p-4">
          <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
            <Dialog.Title className="text-lg font-semibold">Pin this key</Dialog.Title>
            <Dialog.Description className="text-muted">
              From now on, bundles signed with it are shown as sound. Compare it with the fingerprint that its owner gave you by another way
              than this bundle.
            </Dialog.Description>
            <code className="bg-sunken rounded-md p-2 text-xs leading-5 break-all">{signer.fingerprint}</code>
            <label className="flex flex-col gap-1 text-sm">
              Name for this key
              <input
                value={label}
                onChange={(event) => setLabel(event.target.value)}
                maxLength={200}
                className="border-control bg-surface h-8 rounded-md border px-2"
              />
            </label>
            {failure === undefined ? null : <FailureNotice failure={failure} />}
            <div className="flex justify-end gap-2">
              <Dialog.Close render={<Button>Cancel</Button>} />
              <Button type="submit" kind="primary" icon={Pin} disabled={label.trim() === ''}>
                Pin key
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
