import { KeyRound, Pin, PinOff } from 'lucide-react';
import { useState } from 'react';
import type { EngineFailure } from '../../../../shared/contract/failure.ts';
import type { Signer } from '../../../../shared/contract/integrity.ts';
import { useReview } from '../../store/review-context.tsx';
import { Button } from '../../widgets/button.tsx';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { PinDialog } from './pin-dialog.tsx';

const DEEDS: Record<Signer['role'], string> = { gateway: 'Recorded by', exporter: 'Exported by' };

type Props = {
  readonly signer: Signer;
  /** A key that signed something unsound is not offered for trust. */
  readonly mayPin: boolean;
};

/** Keys beneath each other, so that fingerprints can be compared at a glance. */
export const SignerLines = ({ signers, mayPin }: { readonly signers: readonly Signer[]; readonly mayPin: boolean }) => (
  <div className="mt-1 grid grid-cols-[minmax(0,max-content)_minmax(0,max-content)_max-content] gap-x-3 gap-y-1">
    {signers.map((signer) => (
      <SignerLine key={`${signer.role} ${signer.fingerprint}`} signer={signer} mayPin={mayPin} />
    ))}
  </div>
);

/** A key that vouches for the bundle, and whether the person said to trust it. */
function SignerLine({ signer, mayPin }: Props) {
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<EngineFailure>();
  const unpin = useReview((state) => state.unpinKey);
  return (
    <div className="text-fg col-span-full grid grid-cols-subgrid items-center text-sm">
      <span className="flex min-w-0 items-center gap-2">
        <KeyRound size={13} aria-hidden className="text-muted shrink-0" />
        <span className="min-w-0 break-words">
          {DEEDS[signer.role]} <EvidenceText text={signer.name ?? 'an unnamed key'} className="font-medium" />
        </span>
      </span>
      <span className="flex items-center gap-2">
        <code className="text-muted text-xs break-all">{signer.fingerprint}</code>
        <CopyButton text={signer.fingerprint} label="Copy fingerprint" className="size-5" />
      </span>
      {signer.pinned ? (
        <span className="flex items-center gap-2">
          <span className="text-sound inline-flex items-center gap-1 text-xs font-medium">
            <Pin size={12} aria-hidden /> pinned
          </span>
          <Button kind="ghost" icon={PinOff} className="h-6" onClick={() => void unpin(signer.fingerprint).then(setFailure)}>
            Unpin
          </Button>
        </span>
      ) : mayPin ? (
        <span>
          <Button icon={Pin} className="h-6" onClick={() => setAsking(true)}>
            Pin this key…
          </Button>
        </span>
      ) : null}
      {failure === undefined ? null : <span className="text-broken col-span-full text-xs">{failure.message}</span>}
      <PinDialog signer={signer} open={asking} onOpenChange={setAsking} />
    </div>
  );
}
