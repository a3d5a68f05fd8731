import { clsx } from 'clsx';
import { Ban, CircleCheck, CircleDashed, CircleHelp, CloudAlert, History, type LucideIcon, Unplug } from 'lucide-react';
import type { Outcome } from '../../../shared/contract/exchange.ts';
import { Tip } from './tip.tsx';

type Look = { readonly word: string; readonly meaning: string; readonly icon: LucideIcon; readonly tone: string; readonly bar: string };

/** One look per outcome: colour, icon and word always together. */
const OUTCOME_LOOKS: Record<Outcome, Look> = {
  answered: {
    word: 'answered',
    meaning: 'BigQuery answered, and the client got the answer.',
    icon: CircleCheck,
    tone: 'text-answered',
    bar: 'bg-answered',
  },
  refused: {
    word: 'refused',
    meaning: 'The gateway refused it: nothing reached BigQuery.',
    icon: Ban,
    tone: 'text-refused',
    bar: 'bg-refused',
  },
  'upstream-error': {
    word: 'upstream error',
    meaning: 'BigQuery answered with an error.',
    icon: CloudAlert,
    tone: 'text-upstream-error',
    bar: 'bg-upstream-error',
  },
  'transport-failed': {
    word: 'transport failed',
    meaning: 'The connection to BigQuery failed: there is no answer.',
    icon: Unplug,
    tone: 'text-transport-failed',
    bar: 'bg-transport-failed',
  },
  aborted: {
    word: 'aborted',
    meaning: 'The client left before the answer was complete.',
    icon: CircleDashed,
    tone: 'text-aborted',
    bar: 'bg-aborted',
  },
  reconciled: {
    word: 'reconciled',
    meaning: 'The gateway stopped in between; what happened was asked from BigQuery afterwards.',
    icon: History,
    tone: 'text-aborted',
    bar: 'bg-aborted',
  },
  unfinished: {
    word: 'unfinished',
    meaning: 'The record has no end and no reconciliation: what happened is not known.',
    icon: CircleHelp,
    tone: 'text-transport-failed',
    bar: 'bg-transport-failed',
  },
};

export const outcomeLook = (outcome: string): Look =>
  OUTCOME_LOOKS[outcome as Outcome] ?? { word: outcome, meaning: outcome, icon: CircleHelp, tone: 'text-muted', bar: 'bg-aborted' };

export function OutcomeMark({ outcome, className }: { readonly outcome: string; readonly className?: string }) {
  const { icon: Icon, word, tone } = outcomeLook(outcome);
  return (
    <span className={clsx('inline-flex items-center gap-1.5 align-bottom leading-[inherit] whitespace-nowrap', tone, className)}>
      <Icon size={13} aria-hidden className="shrink-0" />
      {word}
    </span>
  );
}

export function OutcomeBadge({ outcome }: { readonly outcome: string }) {
  const { icon: Icon, word, tone, meaning } = outcomeLook(outcome);
  return (
    <Tip text={meaning}>
      <span
        className={clsx('bg-sunken inline-flex h-6 items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap', tone)}
      >
        <Icon size={13} aria-hidden />
        {word}
      </span>
    </Tip>
  );
}
