import type { Carry } from '../carry.ts';
import { createSalts } from '../salts.ts';
import { AnswerFollower, type DueAnswer } from './follow-answers.ts';
import { lengthOf, type MadeColumns, makeColumns } from './make-columns.ts';

/** What a crash left due: made now, or to be declared missing. */
export type RecoveredColumns = { readonly made: readonly MadeColumns[]; readonly missing: readonly DueAnswer[] };

/** A gateway that starts keeps its clients waiting no longer: half of what a GiB of journal may take. */
const MS_PER_GIB = 2_500;

/** Digests what was complete before the crash and has no digests yet, in sessions that are still open. */
export function recoverColumns(directory: string, carry: Carry, msPerGib = MS_PER_GIB): RecoveredColumns {
  const made: MadeColumns[] = [];
  const missing: DueAnswer[] = [];
  const open = new Set(carry.sessions.filter(({ columnsDue }) => columnsDue > 0).map(({ number }) => number));
  if (open.size === 0 || carry.columnsFrom === undefined) return { made, missing };
  const begun = performance.now();
  const follower = new AnswerFollower(directory, carry.columnsFrom);
  while (follower.read());
  const all = [...follower.due].filter(({ session }) => open.has(session));
  const until = begun + msPerGib * Math.max(1, all.reduce((sum, { pieces }) => sum + lengthOf(pieces), 0) / 2 ** 30);
  const salts = createSalts();
  for (const due of all) {
    if (performance.now() < until) made.push(makeColumns(follower, due, salts));
    else missing.push(due);
  }
  return { made, missing };
}
