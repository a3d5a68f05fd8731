import { TableProperties } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { EngineFailure } from '../../../../shared/contract/failure.ts';
import type { SqlAnswer } from '../../../../shared/contract/result.ts';
import { MOST_ROWS, type SqlRunState } from '../../store/sql-run.ts';
import { formatCount, formatDuration, formatPlural } from '../../text/format.ts';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { ProgressBar } from '../../widgets/progress-bar.tsx';
import { ResultGrid } from '../../widgets/result/result-grid.tsx';
import { ExampleQueries } from './example-queries.tsx';
import { positionIn } from './position-in.ts';
import { problemSpan } from './problem-span.ts';

type Props = { readonly run: SqlRunState; readonly onExample: (sql: string) => void };

export function SqlAnswerPanel({ run, onExample }: Props) {
  switch (run.phase) {
    case 'idle':
      return <ExampleQueries onChoose={onExample} />;
    case 'running':
      return <Running startedAt={run.startedAt} />;
    case 'failed':
      return <Failed sql={run.sql} failure={run.failure} />;
    case 'done':
      return <AnswerGrid answer={run.answer} />;
  }
}

/** The database's own words keep their lines: its caret points at the place. */
function Failed({ sql, failure }: { readonly sql: string; readonly failure: EngineFailure }) {
  const [message = '', ...rest] = failure.message.split('\n');
  const span = problemSpan(sql, failure);
  return (
    <div className="flex flex-col gap-2 overflow-auto p-4">
      <FailureNotice failure={{ ...failure, message }} />
      {rest.join('').trim() === '' ? null : (
        <pre className="text-xs">
          <EvidenceText text={rest.join('\n').trim()} layout="block" />
        </pre>
      )}
      {span === undefined ? null : <p className="text-muted text-xs">At {positionIn(sql, span.start)}.</p>}
    </div>
  );
}

function Running({ startedAt }: { readonly startedAt: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="mx-auto flex w-64 flex-col gap-2 pt-16 text-center" role="status">
      <ProgressBar label="Running" done={0} />
      <p className="text-muted text-xs">{formatDuration(now - startedAt)}</p>
    </div>
  );
}

const nothing = (): void => {};

function AnswerGrid({ answer }: { readonly answer: SqlAnswer }) {
  const rows = useMemo(() => ({ total: answer.rows.length, rowAt: (index: number) => answer.rows[index], want: nothing }), [answer]);
  return (
    <div data-print="flow" className="bg-surface flex min-h-0 flex-1 flex-col">
      {answer.rows.length === 0 ? (
        <EmptyState icon={TableProperties} title="No rows">
          {answer.columns.map((column) => column.name).join(', ')}
        </EmptyState>
      ) : (
        <ResultGrid key={`${answer.elapsedMs}`} label="Rows of the query" columns={answer.columns} rows={rows} />
      )}
      <footer className="border-line text-muted flex h-7 shrink-0 items-center gap-4 border-t px-4 text-xs" role="status">
        <span>{formatPlural(answer.rows.length, 'row')}</span>
        <span>{formatDuration(answer.elapsedMs)}</span>
        {answer.truncated ? <span className="text-caution font-medium">cut at {formatCount(MOST_ROWS)} rows</span> : null}
      </footer>
    </div>
  );
}
