import type { Overview } from '../../../../shared/contract/case.ts';
import { toHref } from '../../route.ts';
import { formatBytes } from '../../text/format.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { Section } from '../../widgets/section.tsx';

/** The statements that made BigQuery read most. */
export function DearestSection({ dearest }: { readonly dearest: Overview['dearest'] }) {
  if (dearest.length === 0) return null;
  return (
    <Section title="Most bytes processed" flush>
      <ul className="py-1">
        {dearest.map(({ exchangeId, number, sql, bytesProcessed }) => (
          <li key={exchangeId} className="hover:bg-hover">
            <a
              href={toHref({ screen: 'exchange', exchangeId })}
              className="grid grid-cols-[3rem_minmax(0,1fr)_5.5rem] items-center gap-3 px-3 py-1 -outline-offset-2"
            >
              <span className="text-muted text-right text-xs">{number}</span>
              <EvidenceText text={sql.replaceAll(/\s+/g, ' ')} className="truncate font-mono text-xs" />
              <span className="text-right">{formatBytes(bytesProcessed)}</span>
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
