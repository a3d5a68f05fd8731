import type { Carry } from '../carry.ts';
import { createSalts } from '../salts.ts';
import { AnswerFollower, type DueAnswer } from './follow-answers.ts';
import { type MadeColumns, makeColumns } from './make-columns.ts';

/** What a crash left due: made now, or to be declared missing. */
export type RecoveredColumns = { readonly made: readonly MadeColumns[]; readonly missing: readonly DueAnswer[] };

/** A gateway that starts keeps its clients waiting no longer. */
const TIME_MS = 5_000;

/** Digests what was complete before the crash and has no digests yet, in sessions that are still open. */
export function recoverColumns(directory: string, carry: Carry, timeMs = TIME_MS): RecoveredColumns {
  const made: MadeColumns[] = [];
  const missing: DueAnswer[] = [];
  const open = new Set(carry.sessions.filter(({ columnsDue }) => columnsDue > 0).map(({ number }) => number));
  if (open.size === 0 || carry.columnsFrom === undefined) return { made, missing };
  const until = performance.now() + timeMs;
  const follower = new AnswerFollower(directory, carry.columnsFrom);
  while (follower.read());
  const salts = createSalts();
  for (const due of follower.due) {
    if (!open.has(due.session)) continue;
    if (performance.now() < until) made.push(makeColumns(follower, due, salts));
    else missing.push(due);
  }
  return { made, missing };
}
