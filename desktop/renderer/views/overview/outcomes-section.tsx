import { clsx } from 'clsx';
import type { Overview } from '../../../../shared/contract/case.ts';
import { toHref } from '../../route.ts';
import { formatCount, formatShare } from '../../text/format.ts';
import { OutcomeMark, outcomeLook } from '../../widgets/outcome-badge.tsx';
import { Section } from '../../widgets/section.tsx';
import { ShareBar } from '../../widgets/share-bar.tsx';

/** How the exchanges ended, and what kinds of statement there were. */
export function OutcomesSection({ overview }: { readonly overview: Overview }) {
  const outcomes = mergeEffects(overview.outcomes);
  return (
    <Section title="By outcome" flush>
      <ul className="py-1">
        {outcomes.map(({ outcome, exchanges }) => (
          <li key={outcome} className="hover:bg-hover">
            <a
              href={toHref({ screen: 'exchanges', filter: `outcome:${outcome}` })}
              className="grid grid-cols-[9rem_minmax(0,1fr)_4.5rem_3.5rem] items-center gap-3 px-3 py-1 -outline-offset-2"
            >
              <OutcomeMark outcome={outcome} />
              <ShareBar value={exchanges} whole={overview.totals.exchanges} tone={outcomeLook(outcome).bar} />
              <span className="text-right">{formatCount(exchanges)}</span>
              <span className="text-muted text-right text-xs">{formatShare(exchanges, overview.totals.exchanges)}</span>
            </a>
          </li>
        ))}
      </ul>
      <StatementTypes overview={overview} />
    </Section>
  );
}

function mergeEffects(outcomes: Overview['outcomes']): readonly { readonly outcome: string; readonly exchanges: number }[] {
  const counts = new Map<string, number>();
  for (const { outcome, exchanges } of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + exchanges);
  return [...counts].map(([outcome, exchanges]) => ({ outcome, exchanges })).toSorted((a, b) => b.exchanges - a.exchanges);
}

function StatementTypes({ overview }: { readonly overview: Overview }) {
  if (overview.statementTypes.length === 0) return null;
  return (
    <ul className="border-line flex flex-wrap gap-1.5 border-t p-3" aria-label="By statement type">
      {overview.statementTypes.map(({ statementType, exchanges, denied }) => (
        <li key={statementType}>
          <a
            href={toHref({ screen: 'exchanges', filter: `type:${statementType}` })}
            className="bg-sunken hover:bg-selected flex h-6 items-center gap-1.5 rounded-md px-2 text-xs"
          >
            <code>{statementType}</code>
            <span className="text-muted">{formatCount(exchanges)}</span>
            {denied > 0 ? <span className={clsx(outcomeLook('refused').tone)}>{formatCount(denied)} refused</span> : null}
          </a>
        </li>
      ))}
    </ul>
  );
}
