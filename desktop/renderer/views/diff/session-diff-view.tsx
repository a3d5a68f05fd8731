import { ArrowLeftRight, GitCompareArrows } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { SessionSummary } from '../../../../shared/contract/case.ts';
import type { AlignedPair, SessionDiff } from '../../../../shared/contract/diff.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { useGo } from '../../store/use-route.ts';
import { formatCount } from '../../text/format.ts';
import { Button } from '../../widgets/button.tsx';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { DataGrid } from '../../widgets/grid/data-grid.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { PAIR_COLUMNS } from './pair-columns.tsx';

const keyOf = ({ bundleId, sessionId }: SessionSummary): string => `${bundleId} ${sessionId}`;
const toRef = ({ bundleId, sessionId }: SessionSummary) => ({ bundleId, sessionId });

/** Two sessions, statement against statement: what was the same, and where they parted. */
export function SessionDiffView() {
  const overview = useAnswer('case:overview', {});
  const sessions = overview.value?.sessions ?? [];
  const [chosen, setChosen] = useState<readonly [string?, string?]>([]);
  const left = sessions.find((each) => keyOf(each) === chosen[0]) ?? sessions[0];
  const right = sessions.find((each) => keyOf(each) === chosen[1]) ?? sessions[1];
  const diff = useAnswer(
    'diff:sessions',
    left === undefined || right === undefined ? undefined : { left: toRef(left), right: toRef(right) },
    `${left && keyOf(left)} ${right && keyOf(right)}`,
  );
  if (overview.failure !== undefined) return <FailureNotice failure={overview.failure} retry={overview.retry} className="m-4" />;
  if (overview.value === undefined) return <Skeleton lines={6} className="p-4" />;
  if (left === undefined || right === undefined)
    return (
      <EmptyState icon={GitCompareArrows} title="Two sessions are needed">
        Open a second bundle beside this one: its session is then compared with this one, statement by statement.
      </EmptyState>
    );
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <div className="border-line grid shrink-0 grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-center gap-2 border-b px-4 py-2">
        <SessionPicker label="Left session" sessions={sessions} value={left} onChoose={(key) => setChosen([key, keyOf(right)])} />
        <Button icon={ArrowLeftRight} onClick={() => setChosen([keyOf(right), keyOf(left)])}>
          Swap
        </Button>
        <SessionPicker label="Right session" sessions={sessions} value={right} onChoose={(key) => setChosen([keyOf(left), key])} />
      </div>
      {diff.failure !== undefined ? (
        <FailureNotice failure={diff.failure} retry={diff.retry} className="m-4" />
      ) : diff.value === undefined ? (
        <Skeleton lines={8} className="p-4" />
      ) : (
        <Pairs diff={diff.value} />
      )}
    </div>
  );
}

type PickerProps = {
  readonly label: string;
  readonly sessions: readonly SessionSummary[];
  readonly value: SessionSummary;
  readonly onChoose: (key: string) => void;
};

const SessionPicker = ({ label, sessions, value, onChoose }: PickerProps) => (
  <select
    aria-label={label}
    value={keyOf(value)}
    onChange={(event) => onChoose(event.target.value)}
    className="border-control bg-surface h-8 w-full rounded-md border px-2"
  >
    {sessions.map((session) => (
      <option key={keyOf(session)} value={keyOf(session)}>
        {session.name} ({formatCount(session.exchanges)} exchanges)
      </option>
    ))}
  </select>
);

const nothing = (): void => {};

function Pairs({ diff }: { readonly diff: SessionDiff }) {
  const go = useGo();
  const [cursor, setCursor] = useState(diff.firstDivergence ?? 0);
  const rows = useMemo(() => ({ total: diff.pairs.length, rowAt: (index: number) => diff.pairs[index], want: nothing }), [diff]);
  const open = ({ left, right }: AlignedPair): void => {
    if (left !== undefined && right !== undefined) go({ screen: 'diff', left: left.exchangeId, right: right.exchangeId });
    else go({ screen: 'exchange', exchangeId: (left ?? right)?.exchangeId ?? '' });
  };
  const { summary, firstDivergence } = diff;
  return (
    <>
      <p className="border-line flex flex-wrap items-center gap-x-4 border-b px-4 py-2 text-sm" role="status">
        <span>{formatCount(summary.same)} the same</span>
        <span>{formatCount(summary.changed)} changed</span>
        <span className="text-removed">−{formatCount(summary.removed)} only left</span>
        <span className="text-added">+{formatCount(summary.added)} only right</span>
        {firstDivergence === undefined ? (
          <span className="text-sound font-medium">The sessions never part</span>
        ) : (
          <Button className="ml-auto h-6" onClick={() => setCursor(firstDivergence)}>
            Go to where they part
          </Button>
        )}
      </p>
      {diff.pairs.length === 0 ? (
        <EmptyState icon={GitCompareArrows} title="Neither session holds a statement" />
      ) : (
        <DataGrid
          label="Aligned statements"
          columns={PAIR_COLUMNS}
          rows={rows}
          cursor={cursor}
          onCursor={setCursor}
          onOpen={open}
          rowTone={(pair) => TONES[pair.kind]}
        />
      )}
    </>
  );
}

const TONES: Record<AlignedPair['kind'], string | undefined> = {
  same: undefined,
  changed: 'bg-transport-failed-soft/50',
  removed: 'bg-removed-soft',
  added: 'bg-added-soft',
};
