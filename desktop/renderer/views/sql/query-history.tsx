import { History, Trash2 } from 'lucide-react';
import { useReview } from '../../store/review-context.tsx';
import { formatInstant } from '../../text/format.ts';
import { Button } from '../../widgets/button.tsx';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';

/** What was run here before, on this machine. */
export function QueryHistory({ onChoose }: { readonly onChoose: (sql: string) => void }) {
  const history = useReview((state) => state.history);
  const clear = useReview((state) => state.clearHistory);
  return (
    <aside aria-label="History" data-print="hide" className="border-line flex w-72 shrink-0 flex-col border-l">
      {history.length === 0 ? (
        <EmptyState icon={History} title="Nothing was run yet" />
      ) : (
        <>
          <ul className="divide-line min-h-0 flex-1 divide-y overflow-auto">
            {history.map((query) => (
              <li key={`${query.at} ${query.sql}`}>
                <button
                  type="button"
                  onClick={() => onChoose(query.sql)}
                  className="hover:bg-hover block w-full px-3 py-1.5 text-left -outline-offset-2"
                >
                  <EvidenceText text={query.sql} layout="block" className="line-clamp-3 font-mono text-xs" />
                  <span className="text-muted text-2xs">
                    {formatInstant(query.at).slice(0, 16)}, {query.note}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          <Button icon={Trash2} kind="ghost" className="m-1 self-start" onClick={clear}>
            Forget all
          </Button>
        </>
      )}
    </aside>
  );
}
