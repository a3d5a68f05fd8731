import type { BundleIntegrity } from '../../../../shared/contract/integrity.ts';
import { toHref } from '../../route.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { formatPlural } from '../../text/format.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FailureNotice, Notice } from '../../widgets/notice.tsx';
import { SignerLine } from '../integrity/signer-line.tsx';

/** Whether what is shown below can be relied on: first on the first screen. */
export function IntegrityBanners() {
  const report = useAnswer('integrity:report', {});
  if (report.failure !== undefined) return <FailureNotice failure={report.failure} retry={report.retry} />;
  return report.value?.bundles.map((bundle) => <IntegrityBanner key={bundle.bundleId} bundle={bundle} linked />) ?? null;
}

const MEANINGS = {
  sound: {
    tone: 'sound',
    title: 'The record is sound',
    text: 'Every check passed, and the signer is one whose key was pinned beforehand.',
  },
  'sound-unknown-key': {
    tone: 'caution',
    title: 'Self-consistent, signer unknown',
    text: 'Every check passed, against keys that came with the bundle: whoever made it could have made them. Compare the fingerprints with their owner, then pin them.',
  },
  'not-sound': {
    tone: 'broken',
    title: 'The record is not sound',
    text: 'Something in this bundle is not what was signed. Do not rely on it before you know what; what could be read is shown.',
  },
} as const;

export function IntegrityBanner({ bundle, linked = false }: { readonly bundle: BundleIntegrity; readonly linked?: boolean }) {
  // Of an unknown signer only its keys are missing, and these stand below.
  const failed =
    bundle.verdict === 'not-sound' ? bundle.checks.filter((check) => check.status === 'failed' || check.status === 'missing') : [];
  if (bundle.verdict === undefined) {
    return (
      <Notice tone="info" title="Checking…">
        <EvidenceText text={bundle.fileName} /> is still being checked: {formatPlural(bundle.checks.length, 'check')} done.
      </Notice>
    );
  }
  const { tone, title, text } = MEANINGS[bundle.verdict];
  return (
    <Notice
      tone={tone}
      title={
        <>
          {title}
          <span className="text-muted font-normal">
            {' · '}
            <EvidenceText text={bundle.fileName} />
          </span>
        </>
      }
      action={
        linked ? (
          <a href={toHref({ screen: 'integrity' })} className="text-accent shrink-0 text-sm hover:underline">
            {formatPlural(bundle.checks.length, 'check')}
          </a>
        ) : undefined
      }
    >
      <p>{text}</p>
      {failed.slice(0, 3).map((check) => (
        <p key={`${check.name} ${check.subject}`} className="text-fg">
          {check.name}: <EvidenceText text={check.subject} />
          {check.detail === undefined ? null : <EvidenceText text={` (${check.detail})`} />}
        </p>
      ))}
      {failed.length > 3 ? <p className="text-fg">and {formatPlural(failed.length - 3, 'more failure', 'more failures')}</p> : null}
      <div className="mt-1 flex flex-col gap-1">
        {bundle.signers.map((signer) => (
          <SignerLine key={`${signer.role} ${signer.fingerprint}`} signer={signer} mayPin={bundle.verdict !== 'not-sound'} />
        ))}
      </div>
    </Notice>
  );
}
