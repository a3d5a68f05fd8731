import { Check, KeyRound, Minus, PinOff, Printer } from 'lucide-react';
import { useState } from 'react';
import type { z } from 'zod/mini';
import type { BundleIntegrity, PinnedKey } from '../../../../shared/contract/integrity.ts';
import { useReview } from '../../store/review-context.tsx';
import { useAnswer } from '../../store/use-answer.ts';
import { formatInstant, formatPlural } from '../../text/format.ts';
import { Button, IconButton } from '../../widgets/button.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Section } from '../../widgets/section.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { IntegrityBanner } from '../overview/integrity-banners.tsx';
import { CheckTable } from './check-table.tsx';

/** Every check, every file, every key; what is proved by them, and what is not. */
export default function IntegrityView() {
  const report = useAnswer('integrity:report', {});
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Integrity" note="checked against signatures before anything was shown">
        <IconButton icon={Printer} label="Print" onClick={() => window.print()} />
      </ScreenHeader>
      <div data-print="flow" className="min-h-0 flex-1 overflow-auto">
        <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4">
          {report.failure === undefined ? null : <FailureNotice failure={report.failure} retry={report.retry} />}
          {report.value === undefined && report.failure === undefined ? <Skeleton lines={8} /> : null}
          {report.value?.bundles.map((bundle) => (
            <Bundle key={bundle.bundleId} bundle={bundle} />
          ))}
          {report.value === undefined ? null : <PinnedKeys keys={report.value.pinnedKeys} />}
        </div>
      </div>
    </div>
  );
}

const Bundle = ({ bundle }: { readonly bundle: BundleIntegrity }) => (
  <>
    <IntegrityBanner bundle={bundle} />
    <div className="grid gap-4 lg:grid-cols-2">
      <Section title="What this proves" label={`What ${bundle.fileName} proves`}>
        <Statements lines={bundle.proved} proved />
      </Section>
      <Section title="What this does not prove" label={`What ${bundle.fileName} does not prove`}>
        <Statements lines={bundle.notProved} proved={false} />
      </Section>
    </div>
    <CheckTable bundle={bundle} />
  </>
);

function Statements({ lines, proved }: { readonly lines: readonly string[]; readonly proved: boolean }) {
  const Icon = proved ? Check : Minus;
  if (lines.length === 0) return <p className="text-muted">{proved ? 'Nothing.' : 'Nothing is left open.'}</p>;
  return (
    <ul className="flex flex-col gap-1.5">
      {lines.map((line) => (
        <li key={line} className="flex gap-2">
          <Icon size={14} aria-hidden className={`mt-1 shrink-0 ${proved ? 'text-sound' : 'text-muted'}`} />
          <EvidenceText text={line} />
        </li>
      ))}
    </ul>
  );
}

function PinnedKeys({ keys }: { readonly keys: readonly z.infer<typeof PinnedKey>[] }) {
  const unpin = useReview((state) => state.unpinKey);
  const [failed, setFailed] = useState('');
  return (
    <Section title="Keys pinned on this machine" aside={formatPlural(keys.length, 'key')} flush>
      {keys.length === 0 ? (
        <p className="text-muted p-3">
          None yet. A bundle can only be green once its signer's key was pinned, after comparing fingerprints with its owner.
        </p>
      ) : (
        <ul className="divide-line divide-y">
          {keys.map((key) => (
            <li key={key.fingerprint} className="flex flex-wrap items-center gap-x-3 px-3 py-1.5">
              <KeyRound size={13} aria-hidden className="text-muted" />
              <EvidenceText text={key.label} className="font-medium" />
              <code className="text-muted min-w-0 flex-1 text-xs break-all">{key.fingerprint}</code>
              <span className="text-muted text-xs">{formatInstant(key.pinnedAt)}</span>
              <Button
                kind="ghost"
                icon={PinOff}
                className="h-6"
                onClick={() => void unpin(key.fingerprint).then((failure) => setFailed(failure?.message ?? ''))}
              >
                Unpin
              </Button>
            </li>
          ))}
        </ul>
      )}
      {failed === '' ? null : <p className="text-broken px-3 pb-2 text-xs">{failed}</p>}
    </Section>
  );
}
