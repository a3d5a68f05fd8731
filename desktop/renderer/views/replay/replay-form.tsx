import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Play } from 'lucide-react';
import type { SessionSummary } from '../../../../shared/contract/case.ts';
import type { ReplayTarget } from '../../../../shared/contract/replay.ts';
import type { ReplaySession } from '../../store/replay-slice.ts';
import { useReview } from '../../store/review-context.tsx';
import { useAnswer } from '../../store/use-answer.ts';
import { Button } from '../../widgets/button.tsx';

const TARGETS: readonly { readonly target: ReplayTarget; readonly title: string; readonly text: string }[] = [
  {
    target: 'recomputed',
    title: 'Recompute',
    text: 'Runs each statement again over tables rebuilt from the recorded rows, and compares with what was recorded.',
  },
  {
    target: 'recorded',
    title: 'Recorded answers',
    text: 'Gives the recorded answers again. What was not recorded is refused, never forwarded.',
  },
];

export function ReplayForm({ underWay }: { readonly underWay: boolean }) {
  const target = useReview((state) => state.replayTarget);
  const setTarget = useReview((state) => state.setReplayTarget);
  const start = useReview((state) => state.startReplay);
  return (
    <div className="flex flex-wrap items-end gap-3">
      <RadioGroup
        aria-label="What answers"
        value={target}
        onValueChange={(next) => setTarget(next as ReplayTarget)}
        disabled={underWay}
        className="grid flex-1 grid-cols-2 gap-2"
      >
        {TARGETS.map((each) => (
          <Radio.Root
            key={each.target}
            value={each.target}
            className="border-line bg-surface hover:bg-hover data-checked:border-accent data-checked:bg-selected flex cursor-pointer flex-col items-start rounded-lg border px-3 py-2 text-left data-disabled:opacity-60"
          >
            <span className="font-medium">{each.title}</span>
            <span className="text-muted text-xs">{each.text}</span>
          </Radio.Root>
        ))}
      </RadioGroup>
      <SessionPicker disabled={underWay} />
      <Button kind="primary" icon={Play} disabled={underWay} onClick={() => void start()}>
        Start
      </Button>
    </div>
  );
}

function SessionPicker({ disabled }: { readonly disabled: boolean }) {
  const overview = useAnswer('case:overview', {});
  const session = useReview((state) => state.replaySession);
  const setSession = useReview((state) => state.setReplaySession);
  const sessions = overview.value?.sessions ?? [];
  if (sessions.length < 2) return null;
  const keyOf = (each: { readonly bundleId: number; readonly sessionId: string }): string => `${each.bundleId} ${each.sessionId}`;
  return (
    <label className="flex flex-col gap-1 text-xs">
      Session
      <select
        disabled={disabled}
        value={session === undefined ? keyOf(sessions[0]!) : keyOf(session)}
        onChange={(event) => setSession(toSession(sessions.find((each) => keyOf(each) === event.target.value)))}
        className="border-control bg-surface h-7 max-w-64 rounded-md border px-2 text-sm"
      >
        {sessions.map((each) => (
          <option key={keyOf(each)} value={keyOf(each)}>
            {each.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Only what names the session: the call refuses anything more. */
const toSession = (summary: SessionSummary | undefined): ReplaySession | undefined =>
  summary && { bundleId: summary.bundleId, sessionId: summary.sessionId };
