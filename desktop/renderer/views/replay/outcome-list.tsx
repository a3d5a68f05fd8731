import { PlayCircle } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReplayOutcome, ReplayProgress } from '../../../../shared/contract/replay.ts';
import { useReplayOutcomes } from '../../store/use-replay-outcomes.ts';
import { formatCount, formatDuration } from '../../text/format.ts';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { DataGrid } from '../../widgets/grid/data-grid.tsx';
import type { GridColumn } from '../../widgets/grid/grid-column.ts';
import { FailureNotice } from '../../widgets/notice.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { OutcomeDetails } from './outcome-details.tsx';
import { ReplayMark } from './replay-mark.tsx';

const COLUMNS: readonly GridColumn<ReplayOutcome>[] = [
  { id: 'number', label: '#', width: 56, align: 'right', render: ({ number }) => <span className="text-muted">{number}</span> },
  { id: 'label', label: 'Label', width: 184, render: ({ label }) => <ReplayMark label={label} /> },
  { id: 'explanation', label: 'Why', width: 250, grows: true, render: ({ explanation }) => <EvidenceText text={explanation} /> },
  {
    id: 'sql',
    label: 'Statement',
    width: 220,
    render: ({ sql }) => <EvidenceText text={sql.replaceAll(/\s+/g, ' ').slice(0, 300)} className="font-mono" />,
  },
  { id: 'recorded', label: 'Recorded', width: 92, align: 'right', render: ({ recorded }) => <Side side={recorded} /> },
  { id: 'replayed', label: 'Replayed', width: 92, align: 'right', render: ({ replayed }) => <Side side={replayed} /> },
  { id: 'took', label: 'Took', width: 72, align: 'right', render: ({ elapsedMs }) => formatDuration(elapsedMs) },
];

function Side({ side }: { readonly side: ReplayOutcome['recorded'] | undefined }) {
  if (side === undefined) return '–';
  if (side.errorReason !== undefined) return <EvidenceText text={side.errorReason} className="text-upstream-error" />;
  return side.rows === undefined ? '–' : `${formatCount(side.rows)} rows`;
}

const EMPTY_TITLES: Partial<Record<ReplayProgress['phase'], string>> = {
  done: 'No statement of this label',
  failed: 'The replay failed before its first outcome',
  cancelled: 'The replay was cancelled before its first outcome',
};

export function OutcomeList({ progress }: { readonly progress: ReplayProgress }) {
  const pages = useReplayOutcomes(progress);
  const [cursor, setCursor] = useState(0);
  const at = Math.min(cursor, Math.max(0, pages.rows.total - 1));
  const rows = useMemo(() => pages.rows, [pages.rows]);
  if (pages.failure !== undefined) return <FailureNotice failure={pages.failure} retry={pages.retry} className="m-4" />;
  if (pages.empty) return <Skeleton lines={6} className="p-4" />;
  if (pages.rows.total === 0)
    return (
      <EmptyState icon={PlayCircle} title={EMPTY_TITLES[progress.phase] ?? 'No outcome yet'}>
        {progress.phase === 'done' && progress.total === 0 ? 'The session holds no statement that could be replayed.' : null}
      </EmptyState>
    );
  const outcome = rows.rowAt(at);
  return (
    <div data-print="flow" className="flex min-h-0 flex-1">
      <DataGrid label="Outcomes" columns={COLUMNS} rows={rows} cursor={at} onCursor={setCursor} />
      {outcome === undefined ? null : <OutcomeDetails key={outcome.exchangeId} outcome={outcome} />}
    </div>
  );
}
