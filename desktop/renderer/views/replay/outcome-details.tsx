import type { ReplayOutcome } from '../../../../shared/contract/replay.ts';
import { toHref } from '../../route.ts';
import { formatCount } from '../../text/format.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { Properties } from '../../widgets/properties.tsx';
import { DifferenceTable } from '../../widgets/result/difference-table.tsx';
import { ScrollRegion } from '../../widgets/scroll-region.tsx';
import { REPLAY_LOOKS } from './replay-labels.ts';
import { ReplayMark } from './replay-mark.tsx';

/** One statement: how it ended then and now, and what differs. */
export function OutcomeDetails({ outcome }: { readonly outcome: ReplayOutcome }) {
  return (
    <ScrollRegion label="Details" className="border-line flex w-80 shrink-0 flex-col gap-3 border-l p-3">
      <div className="flex items-center gap-2">
        <ReplayMark label={outcome.label} />
        <a href={toHref({ screen: 'exchange', exchangeId: outcome.exchangeId })} className="text-accent ml-auto text-xs hover:underline">
          Exchange {outcome.number}
        </a>
      </div>
      <p>
        <EvidenceText text={outcome.explanation} />
      </p>
      <p className="text-muted text-xs">{REPLAY_LOOKS[outcome.label].meaning}</p>
      <Properties
        columns="grid-cols-[6rem_minmax(0,1fr)]"
        dense
        of={{
          Construct: outcome.construct && <EvidenceText text={outcome.construct} className="font-mono text-xs" />,
          Missing:
            outcome.missing.length > 0 ? (
              <EvidenceText text={outcome.missing.join(', ')} className="font-mono text-xs break-all" />
            ) : undefined,
          Recorded: <Side side={outcome.recorded} />,
          Replayed: outcome.replayed && <Side side={outcome.replayed} />,
        }}
      />
      {outcome.difference === undefined ? null : (
        <div className="border-line -mx-1 rounded-lg border">
          <DifferenceTable difference={outcome.difference} />
        </div>
      )}
      <pre className="bg-sunken max-h-72 overflow-auto rounded-md p-2 text-xs whitespace-pre-wrap">
        <EvidenceText text={outcome.sql} layout="block" />
      </pre>
    </ScrollRegion>
  );
}

function Side({ side }: { readonly side: ReplayOutcome['recorded'] }) {
  if (side.errorReason !== undefined || side.errorMessage !== undefined)
    return (
      <>
        <code className="text-upstream-error text-xs">{side.errorReason}</code> <EvidenceText text={side.errorMessage ?? ''} />
      </>
    );
  return side.rows === undefined ? 'no rows' : `${formatCount(side.rows)} rows`;
}
