import type { EntryInput } from '../record/record-input.ts';
import type { RetentionDecision, SealFacts } from './seal-session.ts';

/** What the sealing thread is doing, as the gateway shows it. Counts are of this process. */
export type SealingState = {
  readonly sealed: number;
  readonly retired: number;
  /** Closed sessions that are not sealed yet. */
  readonly waiting: number;
  /** Why nothing can be sealed now, with the remedy; the journal keeps everything meanwhile. */
  readonly trouble: string | undefined;
  /** ISO time since when. */
  readonly troubleSince: string | undefined;
};

/** The thread asks; who writes the journal answers. */
export type Question =
  | { readonly kind: 'enter'; readonly entry: EntryInput }
  | { readonly kind: 'decide'; readonly facts: SealFacts }
  | { readonly kind: 'turn' };
export type FromSealer =
  | { readonly kind: 'question'; readonly id: number; readonly question: Question }
  | { readonly kind: 'state'; readonly state: SealingState }
  /** Leftovers of the process before are cleared away. */
  | { readonly kind: 'swept' }
  /** Nothing was to be done for a while, and the thread ends. `wakes`: how many of them it has heeded; `dueInMs`: when to begin again without one. */
  | { readonly kind: 'rest'; readonly wakes: number; readonly dueInMs: number };
export type ToSealer =
  | { readonly kind: 'answer'; readonly id: number; readonly value?: RetentionDecision | undefined; readonly error?: string }
  /** Something was closed: look now. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'stop' };
