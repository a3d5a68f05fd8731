import { History, Play, Square, Table2 } from 'lucide-react';
import { lazy, Suspense, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useReview, useReviewParts } from '../../store/review-context.tsx';
import { useAnswer } from '../../store/use-answer.ts';
import { formatDuration, formatPlural } from '../../text/format.ts';
import { Button, IconButton } from '../../widgets/button.tsx';
import type { SqlEditorHandle } from '../../widgets/code/sql-editor.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { Split } from '../../widgets/split.tsx';
import { Tip } from '../../widgets/tip.tsx';
import { problemSpan } from './problem-span.ts';
import { QueryHistory } from './query-history.tsx';
import { RelationList } from './relation-list.tsx';
import { SqlAnswerPanel } from './sql-answer-panel.tsx';
import { toNamespace } from './to-namespace.ts';

const SqlEditor = lazy(() => import('../../widgets/code/sql-editor.tsx'));

/** Questions of one's own to the tables of the case. */
export default function SqlView() {
  const { sqlRun } = useReviewParts();
  const run = useSyncExternalStore(sqlRun.subscribe, sqlRun.state);
  const draft = useReview((state) => state.draft);
  const setDraft = useReview((state) => state.setDraft);
  const noteQuery = useReview((state) => state.noteQuery);
  const schema = useAnswer('sql:schema', {});
  const [side, setSide] = useState<'tables' | 'history' | undefined>('tables');
  const relations = useMemo(() => toNamespace(schema.value?.relations ?? []), [schema.value]);
  const editor = useRef<SqlEditorHandle>(undefined);
  const first = useRef(draft);

  async function runChosen(): Promise<void> {
    const sql = (editor.current?.chosenText() ?? draft).trim();
    if (sql === '') return;
    const ended = await sqlRun.run(sql);
    const note =
      ended.phase === 'done' ? `${formatPlural(ended.answer.rows.length, 'row')}, ${formatDuration(ended.answer.elapsedMs)}` : 'failed';
    if (ended.phase !== 'running') noteQuery({ sql, at: new Date().toISOString(), note });
  }

  const running = run.phase === 'running';
  const span =
    run.phase === 'failed' && draft.includes(run.sql) ? shift(problemSpan(run.sql, run.failure), draft.indexOf(run.sql)) : undefined;
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="SQL" note="over the tables of this case, in a process of its own; nothing can be changed">
        {running ? (
          <Button icon={Square} kind="danger" onClick={() => void sqlRun.cancel()} disabled={run.cancelling}>
            {run.cancelling ? 'Cancelling…' : 'Cancel'}
          </Button>
        ) : null}
        <Tip text="Runs the selection, or all" keys="Ctrl Enter">
          <Button icon={Play} kind="primary" aria-keyshortcuts="Control+Enter" onClick={() => void runChosen()} disabled={running}>
            Run
          </Button>
        </Tip>
        <IconButton
          icon={Table2}
          label="Tables"
          aria-pressed={side === 'tables'}
          onClick={() => setSide(side === 'tables' ? undefined : 'tables')}
        />
        <IconButton
          icon={History}
          label="History"
          aria-pressed={side === 'history'}
          onClick={() => setSide(side === 'history' ? undefined : 'history')}
        />
      </ScreenHeader>
      <div data-print="flow" className="flex min-h-0 flex-1">
        <div data-print="flow" className="flex min-w-0 flex-1 flex-col">
          <Split label="Height of the editor" initial={220}>
            <div className="bg-surface h-full">
              <Suspense fallback={<Skeleton lines={4} className="p-4" />}>
                <SqlEditor
                  initial={first.current}
                  label="SQL"
                  relations={relations}
                  problem={span}
                  onChange={setDraft}
                  onRun={() => void runChosen()}
                  handle={editor}
                />
              </Suspense>
            </div>
          </Split>
          <SqlAnswerPanel run={run} onExample={(sql) => editor.current?.replaceAll(sql)} />
        </div>
        {side === 'tables' ? <RelationList relations={schema.value?.relations} onInsert={(text) => editor.current?.insert(text)} /> : null}
        {side === 'history' ? <QueryHistory onChoose={(sql) => editor.current?.replaceAll(sql)} /> : null}
      </div>
    </div>
  );
}

const shift = (span: { readonly start: number; readonly end: number } | undefined, by: number) =>
  span && { start: span.start + by, end: span.end + by };
