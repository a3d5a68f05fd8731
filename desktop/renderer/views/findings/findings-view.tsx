import { CircleAlert, Info, type LucideIcon, OctagonAlert, Siren, TriangleAlert } from 'lucide-react';
import type { Finding, Severity } from '../../../../shared/contract/finding.ts';
import { toHref } from '../../route.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { formatInstant, formatPlural } from '../../text/format.ts';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Section } from '../../widgets/section.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';

const LOOKS: Record<Severity, { readonly icon: LucideIcon; readonly ink: string }> = {
  high: { icon: OctagonAlert, ink: 'text-broken' },
  medium: { icon: TriangleAlert, ink: 'text-refused' },
  low: { icon: CircleAlert, ink: 'text-caution' },
  info: { icon: Info, ink: 'text-muted' },
};

/** What the detectors noticed, gravest first, and what they look for. */
export default function FindingsView() {
  const answer = useAnswer('finding:list', {});
  const { findings = [], detectors = [] } = answer.value ?? {};
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Findings" note={answer.value === undefined ? undefined : formatPlural(findings.length, 'finding')} />
      <div data-print="flow" className="min-h-0 flex-1 overflow-auto">
        <div className="mx-auto flex max-w-5xl flex-col gap-4 p-4">
          {answer.failure !== undefined ? (
            <FailureNotice failure={answer.failure} retry={answer.retry} />
          ) : answer.value === undefined ? (
            <Skeleton lines={6} />
          ) : (
            <>
              {findings.length === 0 ? (
                <EmptyState icon={Siren} title="The detectors noticed nothing">
                  That is not a proof that nothing is wrong: they look for what is listed below.
                </EmptyState>
              ) : (
                <ul className="flex flex-col gap-2">
                  {findings.map((finding) => (
                    <FindingCard key={finding.findingId} finding={finding} />
                  ))}
                </ul>
              )}
              <Section title="What is looked for" flush>
                <ul className="divide-line divide-y">
                  {detectors.map(({ detector, title, description, severity }) => (
                    <li key={detector} className="grid grid-cols-[6rem_12rem_minmax(0,1fr)] gap-3 px-3 py-1.5">
                      <SeverityMark severity={severity} />
                      <span className="font-medium">{title}</span>
                      <span className="text-muted">{description}</span>
                    </li>
                  ))}
                </ul>
              </Section>
            </>
          )}
        </div>
      </div>
    </div>
  );
}

function SeverityMark({ severity }: { readonly severity: Severity }) {
  const { icon: Icon, ink } = LOOKS[severity];
  return (
    <span className={`inline-flex items-center gap-1.5 text-xs font-semibold ${ink}`}>
      <Icon size={14} aria-hidden />
      {severity}
    </span>
  );
}

const MOST_LINKS = 20;

function FindingCard({ finding }: { readonly finding: Finding }) {
  return (
    <li className="border-line bg-surface flex flex-col gap-1 rounded-lg border px-3 py-2">
      <div className="flex items-center gap-3">
        <SeverityMark severity={finding.severity} />
        <EvidenceText text={finding.title} className="font-medium" />
        <span className="text-muted ml-auto shrink-0 text-xs">{finding.at === undefined ? '' : formatInstant(finding.at)}</span>
      </div>
      <p className="text-muted">
        <EvidenceText text={finding.explanation} />
      </p>
      <p className="flex flex-wrap gap-x-2 text-xs">
        <span className="text-muted">{finding.exchanges.length === 1 ? 'Exchange' : 'Exchanges'}</span>
        {finding.exchanges.slice(0, MOST_LINKS).map(({ exchangeId, number }) => (
          <a key={exchangeId} href={toHref({ screen: 'exchange', exchangeId })} className="text-accent hover:underline">
            {number}
          </a>
        ))}
        {finding.exchanges.length > MOST_LINKS ? (
          <span className="text-muted">and {finding.exchanges.length - MOST_LINKS} more</span>
        ) : null}
      </p>
    </li>
  );
}
