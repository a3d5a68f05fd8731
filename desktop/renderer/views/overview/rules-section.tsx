import type { Overview } from '../../../../shared/contract/case.ts';
import { toHref } from '../../route.ts';
import { formatCount } from '../../text/format.ts';
import { EffectMark } from '../../widgets/effect-mark.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { Section } from '../../widgets/section.tsx';

/** Which rules of the policy decided, most often first. */
export function RulesSection({ rules }: { readonly rules: Overview['rules'] }) {
  if (rules.length === 0) return null;
  return (
    <Section title="Rules that decided" flush>
      <ul className="py-1">
        {rules.map(({ rule, effect, exchanges }) => (
          <li key={`${rule} ${effect}`} className="hover:bg-hover">
            <a
              href={toHref({ screen: 'exchanges', filter: `rule:${rule}` })}
              className="grid grid-cols-[4.5rem_minmax(0,1fr)_4rem] items-center gap-3 px-3 py-1 -outline-offset-2"
            >
              <EffectMark effect={effect} />
              <EvidenceText text={rule} className="truncate font-mono text-xs" />
              <span className="text-right">{formatCount(exchanges)}</span>
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
