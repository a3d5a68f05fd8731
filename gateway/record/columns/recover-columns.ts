import type { Carry } from '../carry.ts';
import { createSalts } from '../salts.ts';
import { AnswerFollower, type DueAnswer } from './follow-answers.ts';
import { lengthOf, type MadeColumns, makeColumns } from './make-columns.ts';
import { PieceReader } from './piece-reader.ts';

/** What a crash left due: made now, or to be declared missing. */
export type RecoveredColumns = { readonly made: readonly MadeColumns[]; readonly missing: readonly DueAnswer[] };

/** A gateway that starts keeps its clients waiting no longer: half of what a GiB of journal may take. */
const MS_PER_GIB = 2_500;

/**
 * Digests what was complete before the crash and has no digests yet, in sessions that are still open.
 * `answers`: what the segment `carry.columnsFrom`, if it is the last, was found to hold when it was checked.
 */
export function recoverColumns(directory: string, carry: Carry, answers?: AnswerFollower, msPerGib = MS_PER_GIB): RecoveredColumns {
  const open = new Set(carry.sessions.filter(({ columnsDue }) => columnsDue > 0).map(({ number }) => number));
  if (open.size === 0 || carry.columnsFrom === undefined) return { made: [], missing: [] };
  const begun = performance.now();
  const follower = answers ?? readAnswers(directory, carry.columnsFrom);
  const all = [...follower.due].filter(({ session }) => open.has(session));
  const bytes = all.reduce((sum, { pieces }) => sum + lengthOf(pieces), 0);
  return makeUntil(directory, all, begun + msPerGib * Math.max(1, bytes / 2 ** 30));
}

function readAnswers(directory: string, segment: string): AnswerFollower {
  const follower = new AnswerFollower(directory, segment);
  while (follower.read());
  return follower;
}

function makeUntil(directory: string, all: readonly DueAnswer[], until: number): RecoveredColumns {
  const [made, missing]: [MadeColumns[], DueAnswer[]] = [[], []];
  const salts = createSalts();
  const reader = new PieceReader(directory);
  try {
    for (const due of all) {
      const found = performance.now() < until ? makeColumns(reader, due, salts) : undefined;
      if (found === undefined) missing.push(due);
      // An answer without rows leaves nothing.
      else if (found.made !== 'none') made.push(found);
    }
  } finally {
    reader.close();
  }
  return { made, missing };
}
