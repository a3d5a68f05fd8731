import { useState } from 'react';
import type { BundleIntegrity, Check } from '../../../../shared/contract/integrity.ts';
import { formatCount, formatPlural } from '../../text/format.ts';
import { CheckMark } from '../../widgets/check-mark.tsx';
import { Choice } from '../../widgets/choice.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { Section } from '../../widgets/section.tsx';

/** What went wrong first; then by order of the check. */
const RANKS: Record<Check['status'], number> = { failed: 0, missing: 1, skipped: 2, passed: 3 };
const MOST_SHOWN = 1000;

export function CheckTable({ bundle: { checks, fileName } }: { readonly bundle: BundleIntegrity }) {
  const wrong = checks.filter((check) => check.status !== 'passed');
  const [shown, setShown] = useState<'all' | 'wrong'>('all');
  const listed = (shown === 'wrong' ? wrong : checks).toSorted((a, b) => RANKS[a.status] - RANKS[b.status]);
  return (
    <Section
      title="Checks"
      label={`Checks of ${fileName}`}
      aside={
        <>
          {formatPlural(checks.length - wrong.length, 'check')} passed
          <Choice
            label="Which checks"
            value={shown}
            options={[
              { value: 'all', label: `All ${formatCount(checks.length)}` },
              { value: 'wrong', label: `Not passed ${formatCount(wrong.length)}` },
            ]}
            onChange={setShown}
          />
        </>
      }
      flush
    >
      {listed.length === 0 ? <p className="text-muted p-3">Every check passed.</p> : <Table checks={listed.slice(0, MOST_SHOWN)} />}
      {listed.length > MOST_SHOWN ? (
        <p className="text-muted border-line border-t p-3">and {formatCount(listed.length - MOST_SHOWN)} more</p>
      ) : null}
    </Section>
  );
}

const Table = ({ checks }: { readonly checks: readonly Check[] }) => (
  <table className="w-full table-fixed text-xs">
    <thead>
      <tr className="text-muted border-line border-b text-left">
        <th scope="col" className="w-24 px-3 py-1.5 font-medium">
          Status
        </th>
        <th scope="col" className="w-56 px-3 py-1.5 font-medium">
          Check
        </th>
        <th scope="col" className="w-72 px-3 py-1.5 font-medium">
          Of
        </th>
        <th scope="col" className="px-3 py-1.5 font-medium">
          Detail
        </th>
      </tr>
    </thead>
    <tbody>
      {checks.map((check) => (
        <tr
          key={`${check.name} ${check.subject} ${check.detail ?? ''}`}
          className="border-line hover:bg-hover border-b align-top last:border-b-0"
        >
          <td className="px-3 py-1">
            <CheckMark check={check} />
          </td>
          <th scope="row" className="px-3 py-1 text-left font-normal break-words">
            {check.name}
          </th>
          <td className="px-3 py-1 font-mono break-all">
            <EvidenceText text={check.subject} />
          </td>
          <td className="text-muted px-3 py-1 break-words">{check.detail === undefined ? null : <EvidenceText text={check.detail} />}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
