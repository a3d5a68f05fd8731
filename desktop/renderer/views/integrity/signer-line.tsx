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

/** A key that vouches for the bundle, and whether the person said to trust it. */
export function SignerLine({ signer, mayPin }: Props) {
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<EngineFailure>();
  const unpin = useReview((state) => state.unpinKey);
  return (
    <div className="text-fg flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <KeyRound size={13} aria-hidden className="text-muted" />
      <span>
        {DEEDS[signer.role]} <EvidenceText text={signer.name ?? 'an unnamed key'} className="font-medium" />
      </span>
      <code className="text-muted text-xs break-all">{signer.fingerprint}</code>
      <CopyButton text={signer.fingerprint} label="Copy fingerprint" className="size-5" />
      {signer.pinned ? (
        <>
          <span className="text-sound inline-flex items-center gap-1 text-xs font-medium">
            <Pin size={12} aria-hidden /> pinned
          </span>
          <Button kind="ghost" icon={PinOff} className="h-6" onClick={() => void unpin(signer.fingerprint).then(setFailure)}>
            Unpin
          </Button>
        </>
      ) : mayPin ? (
        <Button icon={Pin} className="h-6" onClick={() => setAsking(true)}>
          Pin this key…
        </Button>
      ) : null}
      {failure === undefined ? null : <span className="text-broken w-full text-xs">{failure.message}</span>}
      <PinDialog signer={signer} open={asking} onOpenChange={setAsking} />
    </div>
  );
}
