import { CircleCheck, CircleHelp, CircleSlash, Diff, Disc3, type LucideIcon } from 'lucide-react';
import type { ReplayLabel } from '../../../../shared/contract/replay.ts';

type Look = { readonly icon: LucideIcon; readonly ink: string; readonly bar: string; readonly meaning: string };

/** What each label of a replayed statement says. */
export const REPLAY_LOOKS: Record<ReplayLabel, Look> = {
  RECORDED: { icon: Disc3, ink: 'text-answered', bar: 'bg-answered', meaning: 'The recorded answer stands: nothing was computed.' },
  'RECOMPUTED-EQUAL': {
    icon: CircleCheck,
    ink: 'text-sound',
    bar: 'bg-sound',
    meaning: 'The statement ran again over the recorded rows, and the result is the same.',
  },
  'RECOMPUTED-DIFFERENT': {
    icon: Diff,
    ink: 'text-refused',
    bar: 'bg-refused',
    meaning: 'The statement ran again, and the result is not the recorded one.',
  },
  UNSUPPORTED: {
    icon: CircleSlash,
    ink: 'text-upstream-error',
    bar: 'bg-upstream-error',
    meaning: 'The statement uses something that the sandbox cannot do.',
  },
  UNKNOWN: {
    icon: CircleHelp,
    ink: 'text-transport-failed',
    bar: 'bg-transport-failed',
    meaning: 'The data that the statement needs was not recorded.',
  },
};
