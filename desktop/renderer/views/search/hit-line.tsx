import type { SearchHit } from '../../../../shared/contract/finding.ts';
import { toHref } from '../../route.ts';
import { formatCount } from '../../text/format.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';

const PLACES: Record<SearchHit['where'], string> = { sql: 'statement', cell: 'cell', parameter: 'parameter', error: 'error' };

export function HitLine({ hit }: { readonly hit: SearchHit }) {
  const place =
    hit.where === 'cell' && hit.column !== undefined ? `${hit.column}, row ${formatCount((hit.rowIndex ?? 0) + 1)}` : PLACES[hit.where];
  return (
    <li>
      <a
        href={toHref({ screen: 'exchange', exchangeId: hit.exchangeId, ...(hit.where === 'cell' ? { tab: 'result' as const } : {}) })}
        className="hover:bg-hover flex items-baseline gap-3 rounded"
      >
        <EvidenceText text={place} className="text-muted w-44 shrink-0 truncate text-xs" />
        <span className="min-w-0 font-mono text-xs break-words">
          <EvidenceText text={hit.snippet.slice(0, hit.start)} />
          <mark className="bg-transport-failed-soft text-fg rounded-sm font-semibold underline decoration-transport-failed">
            <EvidenceText text={hit.snippet.slice(hit.start, hit.end)} />
          </mark>
          <EvidenceText text={hit.snippet.slice(hit.end)} />
        </span>
      </a>
    </li>
  );
}
