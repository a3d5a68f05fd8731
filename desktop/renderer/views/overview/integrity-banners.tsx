import type { BundleIntegrity, Check } from '../../../../shared/contract/integrity.ts';
import { toHref } from '../../route.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { formatPlural } from '../../text/format.ts';
import { isUnknownKey } from '../../widgets/check-mark.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FailureNotice, Notice } from '../../widgets/notice.tsx';
import { SignerLines } from '../integrity/signer-line.tsx';

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

const MOST_FAILURES = 3;

const Failures = ({ checks, linked }: { readonly checks: readonly Check[]; readonly linked: boolean }) => (
  <ul className="text-fg my-1 list-disc pl-5">
    {checks.slice(0, MOST_FAILURES).map((check) => (
      <li key={`${check.name} ${check.subject} ${check.detail ?? ''}`}>
        {check.name}: <EvidenceText text={check.subject} className="font-mono text-xs break-all" />
        {check.detail === undefined ? null : <EvidenceText text={` ${check.detail}`} />}
      </li>
    ))}
    {checks.length > MOST_FAILURES ? (
      <li>
        {formatPlural(checks.length - MOST_FAILURES, 'more failure', 'more failures')}, {linked ? 'under Integrity' : 'below'}
      </li>
    ) : null}
  </ul>
);

export function IntegrityBanner({ bundle, linked = false }: { readonly bundle: BundleIntegrity; readonly linked?: boolean }) {
  // Keys that nobody pinned are no fault of the bundle, and stand below.
  const failed = bundle.checks.filter((check) => (check.status === 'failed' || check.status === 'missing') && !isUnknownKey(check));
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
      {failed.length === 0 ? null : <Failures checks={failed} linked={linked} />}
      <SignerLines signers={bundle.signers} mayPin={bundle.verdict !== 'not-sound'} />
    </Notice>
  );
}
