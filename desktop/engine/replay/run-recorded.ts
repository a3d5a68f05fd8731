import type { CaseBundle } from '../case-bundle.ts';
import { judgeRecorded } from './judge-outcome.ts';
import { planReplay, type ReplayStep } from './replay-plan.ts';
import { askAgain, type ReplayRun, toOutcome } from './replay-run.ts';

/** A statement of unknown type may; scripts and calls end with what their last SELECT answers. */
const answersRows = ({ statementType }: ReplayStep): boolean => statementType === undefined || /^(SELECT|SCRIPT|CALL)$/.test(statementType);

/** Every statement is asked again; the sandbox answers from the bundle or says that it cannot. */
export async function runRecorded(run: ReplayRun, source: CaseBundle): Promise<void> {
  const steps = await planReplay(run.review, source, false);
  run.begin(steps.length);
  for (const step of steps) {
    const startedAt = performance.now();
    const reply = await askAgain(run, step, answersRows(step) ? 'count' : 'none');
    run.add(toOutcome(step, judgeRecorded(step, reply), reply, performance.now() - startedAt));
  }
}
