import type { CaseBundle } from '../case-bundle.ts';
import { diffResults } from '../diff/diff-results.ts';
import type { ResultRelation } from '../result/result-files.ts';
import {
  isWhole,
  type Judgement,
  judgeBefore,
  judgeError,
  judgeRows,
  judgeWithoutRows,
  toEnd,
  toUnexpected,
  withOwnAnswer,
} from './judge-outcome.ts';
import { readReplayPages } from './read-replay-pages.ts';
import type { RunReply } from './replay-messages.ts';
import { planReplay, type ReplayStep } from './replay-plan.ts';
import { askAgain, type ReplayRun, toOutcome } from './replay-run.ts';
import { createReplayTables, type ReplayTables } from './replay-tables.ts';

/** Statements run again in DuckDB, over tables rebuilt from the recording. What a statement needs and nobody recorded makes it UNKNOWN. */
export async function runRecomputed(run: ReplayRun, source: CaseBundle): Promise<void> {
  const steps = await planReplay(run.review, source, true);
  run.begin(steps.filter(({ kind }) => kind === 'statement').length);
  const tables = await createReplayTables(run, source, steps);
  for (const step of steps) {
    const startedAt = performance.now();
    if (step.kind === 'other') await repeatOther(run, step, tables);
    else {
      const { judgement, reply } = await recompute(run, step, tables);
      run.add(toOutcome(step, judgement, reply, performance.now() - startedAt));
    }
  }
}

async function repeatOther(run: ReplayRun, step: ReplayStep, tables: ReplayTables): Promise<void> {
  const canRun = step.use.opaque === undefined && (await tables.prepare(step)).length === 0;
  const status = canRun ? (await run.process.ask({ kind: 'send', asked: step.asked }).catch(passOver))?.status : undefined;
  tables.applyChanges(step.use, status !== undefined && status < 300);
}

/** A request that could not be repeated leaves its tables unknown; the death of the process shows at the next step. */
const passOver = (): undefined => undefined;

async function recompute(run: ReplayRun, step: ReplayStep, tables: ReplayTables): Promise<{ judgement: Judgement; reply?: RunReply }> {
  const reached = step.effect === 'allow' && step.outcome !== 'refused';
  const missing = reached ? await tables.prepare(step) : [];
  const before = judgeBefore(step, missing);
  if (before?.label === 'UNKNOWN' && isJudgedByShape(step) && tables.haveShapes(missing)) return recomputeByShape(run, step, before);
  if (before !== undefined) {
    // A refused statement changed nothing; one that ran in BigQuery and not here may have.
    if (reached && step.error === undefined) tables.applyChanges(step.use, false);
    return { judgement: before };
  }
  const reply = await askAgain(run, step, 'keep');
  if (!step.dryRun && step.error === undefined) tables.applyChanges(step.use, reply.error === undefined && isWhole(step));
  const judgement = await judge(run, step, reply);
  return { judgement: tables.isFromOwnAnswer(step) ? withOwnAnswer(judgement) : judgement, reply };
}

/** An estimate, and most mistakes, depend on columns only. */
const isJudgedByShape = ({ dryRun, error }: ReplayStep): boolean => dryRun || error !== undefined;

async function recomputeByShape(run: ReplayRun, step: ReplayStep, before: Judgement): Promise<{ judgement: Judgement; reply: RunReply }> {
  const reply = await askAgain(run, step, 'none');
  // That it does not fail on empty tables says nothing of full ones.
  const judgement = reply.error === undefined && step.error !== undefined ? before : await judge(run, step, reply);
  return { judgement, reply };
}

async function judge(run: ReplayRun, step: ReplayStep, reply: RunReply): Promise<Judgement> {
  if (!isWhole(step))
    return {
      label: 'UNKNOWN',
      explanation: `${toEnd(step)}: there is nothing whole to compare with.`,
      missing: [`the answer of exchange ${step.number}`],
    };
  if (reply.error !== undefined) return judgeError(step, reply.error);
  if (step.error !== undefined) return toUnexpected(step, step.error);
  if (reply.hasSchema !== true || reply.pagesFile === undefined || step.dryRun) return judgeWithoutRows(step, reply);
  if (step.masked)
    return {
      label: 'UNKNOWN',
      explanation: 'The recorded answer was masked before it was delivered.',
      missing: ['the answer as it was before masking'],
    };
  return compareRows(run, step, reply.pagesFile);
}

async function compareRows(run: ReplayRun, step: ReplayStep, pagesFile: string): Promise<Judgement> {
  const recorded = await run.results.open(step.exchangeId).catch(() => undefined);
  if (recorded === undefined)
    return {
      label: 'UNKNOWN',
      explanation: 'It succeeds again; its recorded rows were never fetched.',
      missing: [`the rows of exchange ${step.number}`],
    };
  const name = `${run.replayId}_${step.number}`;
  const recomputed = await run.results.build(name, readReplayPages(pagesFile, step));
  if (recomputed === undefined) return { label: 'UNSUPPORTED', explanation: 'The recomputed rows could not be read.', construct: 'result' };
  try {
    const difference = await diffResults(run.review, recorded, recomputed, { keys: [], samples: 20 });
    return judgeRows(step, difference, isComplete(recorded));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { label: 'UNSUPPORTED', explanation: `It succeeds again; the rows could not be compared: ${why}`, construct: 'comparison' };
  } finally {
    await run.results.drop(recomputed);
  }
}

const isComplete = ({ total, reportedRows, problems }: ResultRelation): boolean =>
  problems.length === 0 && (reportedRows === undefined || BigInt(reportedRows) === BigInt(total));
