import { ScrollText } from 'lucide-react';
import { useAnswer } from '../../store/use-answer.ts';
import { formatInstant, formatPlural } from '../../text/format.ts';
import { Digest } from '../../widgets/digest.tsx';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FailureNotice, Notice } from '../../widgets/notice.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';

/** Who did what with this case. */
export default function CustodyView() {
  const custody = useAnswer('custody:list', {});
  const entries = custody.value?.entries.toReversed() ?? [];
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Custody" note={custody.value === undefined ? undefined : formatPlural(entries.length, 'entry', 'entries')} />
      <div data-print="flow" className="min-h-0 flex-1 overflow-auto p-4">
        {custody.failure === undefined ? null : <FailureNotice failure={custody.failure} retry={custody.retry} />}
        {custody.value === undefined && custody.failure === undefined ? <Skeleton lines={6} /> : null}
        {custody.value === undefined ? null : (
          <div className="mx-auto flex max-w-5xl flex-col gap-4">
            {custody.value.intact ? (
              <Notice tone="sound" title="The log is unbroken">
                Each entry carries the hash of the one before it.
              </Notice>
            ) : (
              <Notice tone="broken" title="The log is broken">
                At least one entry was changed or taken out after it was written.
              </Notice>
            )}
            {entries.length === 0 ? (
              <EmptyState icon={ScrollText} title="Nothing was done yet" />
            ) : (
              <table className="border-line bg-surface w-full border-separate border-spacing-0 rounded-lg border text-sm">
                <thead>
                  <tr className="text-muted text-left text-xs">
                    {['', 'Time', 'Who', 'What', 'Detail', 'Hash'].map((name) => (
                      <th key={name} scope="col" className="border-line border-b px-3 py-1.5 font-medium">
                        {name === '' ? <span className="sr-only">Number</span> : name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {entries.map((entry) => (
                    <tr key={entry.seq} className="hover:bg-hover align-top">
                      <td className="text-muted px-3 py-1 text-right">{entry.seq}</td>
                      <td className="px-3 py-1 whitespace-nowrap">{formatInstant(entry.at)}</td>
                      <td className="px-3 py-1">
                        <EvidenceText text={entry.actor} />
                      </td>
                      <td className="px-3 py-1 font-medium">{entry.action}</td>
                      <td className="px-3 py-1 break-all">
                        <EvidenceText text={entry.detail} />
                      </td>
                      <td className="px-3 py-1 whitespace-nowrap">
                        <Digest value={entry.hash} label="hash" />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
