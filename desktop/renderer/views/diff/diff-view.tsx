import { ArrowLeftRight, FileDiff } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { StatementDiff } from '../../../../shared/contract/diff.ts';
import { useReview } from '../../store/review-context.tsx';
import { useAnswer } from '../../store/use-answer.ts';
import { useGo } from '../../store/use-route.ts';
import { Button } from '../../widgets/button.tsx';
import { Choice } from '../../widgets/choice.tsx';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { FailureNotice, Notice } from '../../widgets/notice.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { ExchangePicker } from './exchange-picker.tsx';
import { InlineDiff } from './inline-diff.tsx';
import { ResultDiff } from './result-diff.tsx';
import { SessionDiffView } from './session-diff-view.tsx';
import { SideBySideDiff } from './side-by-side-diff.tsx';

type Props = { readonly left: string | undefined; readonly right: string | undefined };

type Subject = 'statements' | 'sessions';

/** Two statements, or two whole sessions. */
export default function DiffView(props: Props) {
  const [chosen, setChosen] = useState<Subject>();
  const address = props.left !== undefined || props.right !== undefined;
  const subject = chosen ?? 'statements';
  // A link to two statements shows them, whatever was compared before.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the address decides
  useEffect(() => setChosen(undefined), [props.left, props.right]);
  const choice = (
    <Choice
      label="What is compared"
      value={subject}
      options={[
        { value: 'statements', label: 'Statements' },
        { value: 'sessions', label: 'Sessions' },
      ]}
      onChange={setChosen}
    />
  );
  if (subject === 'statements') return <StatementsDiff {...props} choice={choice} />;
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Diff" note={address ? undefined : 'two sessions, statement against statement'}>
        {choice}
      </ScreenHeader>
      <div data-print="flow" className="min-h-0 flex-1">
        <SessionDiffView />
      </div>
    </div>
  );
}

/** Two statements, and what their answers have in common. */
function StatementsDiff({ left, right, choice }: Props & { readonly choice: ReactNode }) {
  const go = useGo();
  const layout = useReview((state) => state.diffLayout);
  const setLayout = useReview((state) => state.setDiffLayout);
  const ready = left !== undefined && right !== undefined;
  const diff = useAnswer('diff:statements', ready ? { left, right } : undefined, `${left} ${right}`);
  const choose = (next: Partial<Props>): void => {
    const sides = { left, right, ...next };
    go(
      {
        screen: 'diff',
        ...(sides.left === undefined ? {} : { left: sides.left }),
        ...(sides.right === undefined ? {} : { right: sides.right }),
      },
      { replace: true },
    );
  };
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Diff" note={diff.value === undefined ? undefined : <Summary diff={diff.value} />}>
        {choice}
        <Choice
          label="Diff layout"
          value={layout}
          options={[
            { value: 'side-by-side', label: 'Side by side' },
            { value: 'inline', label: 'Inline' },
          ]}
          onChange={setLayout}
        />
      </ScreenHeader>
      <div className="border-line grid shrink-0 grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-center gap-2 border-b px-4 py-2">
        <ExchangePicker label="Left side" exchangeId={left} onChoose={(id) => choose({ left: id })} />
        <Button icon={ArrowLeftRight} disabled={!ready} onClick={() => choose({ left: right, right: left })}>
          Swap
        </Button>
        <ExchangePicker label="Right side" exchangeId={right} onChoose={(id) => choose({ right: id })} />
      </div>
      <div data-print="flow" className="min-h-0 flex-1 overflow-auto">
        {!ready ? (
          <EmptyState icon={FileDiff} title="Choose two exchanges to compare">
            Type a number or a piece of SQL on both sides. In the list of exchanges, L takes a row as the left side and D compares another
            with it.
          </EmptyState>
        ) : diff.failure !== undefined ? (
          <FailureNotice failure={diff.failure} retry={diff.retry} className="m-4" />
        ) : diff.value === undefined ? (
          <Skeleton lines={8} className="p-4" />
        ) : (
          <div className="flex flex-col gap-4 p-4">
            <Sameness diff={diff.value} />
            {layout === 'inline' ? <InlineDiff lines={diff.value.lines} /> : <SideBySideDiff lines={diff.value.lines} />}
            <ResultDiff left={left} right={right} />
          </div>
        )}
      </div>
    </div>
  );
}

const Summary = ({ diff: { summary } }: { readonly diff: StatementDiff }) => (
  <span className="flex gap-3">
    <span className="text-added">+{summary.added} added</span>
    <span className="text-removed">−{summary.removed} removed</span>
    <span>{summary.changed} changed</span>
  </span>
);

function Sameness({ diff }: { readonly diff: StatementDiff }) {
  if (diff.identical) return <Notice tone="sound" title="The two statements are the same, byte by byte" />;
  if (diff.sameFingerprint)
    return (
      <Notice tone="info" title="The same statement but for literals, white space and comments">
        Both have the same fingerprint.
      </Notice>
    );
  return null;
}
