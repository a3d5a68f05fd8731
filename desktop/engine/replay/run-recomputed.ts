import type { CaseBundle } from '../case-bundle.ts';
import { diffResults } from '../diff/diff-results.ts';
import { splitTableName } from '../load/exchange-facts.ts';
import type { ResultRelation } from '../result/result-relations.ts';
import { isWhole, type Judgement, judgeBefore, judgeError, judgeRows, judgeWithoutRows, toEnd, toUnexpected } from './judge-outcome.ts';
import { readReplayPages } from './read-replay-pages.ts';
import { rebuildTables } from './rebuild-tables.ts';
import type { RunReply } from './replay-messages.ts';
import { planReplay, type ReplayStep } from './replay-plan.ts';
import { type ReplayRun, toOutcome } from './replay-run.ts';

/** Statements run again in DuckDB, over tables rebuilt from the recording. What a statement needs and nobody recorded makes it UNKNOWN. */
export async function runRecomputed(run: ReplayRun, source: CaseBundle): Promise<void> {
  const steps = await planReplay(run.review, source, true);
  run.begin(steps.filter(({ kind }) => kind === 'statement').length);
  const known = await prepareTables(run, source, steps);
  for (const step of steps) {
    const startedAt = performance.now();
    if (step.kind === 'other') await repeatOther(run, step, known);
    else {
      const { judgement, reply } = await recompute(run, step, known);
      run.add(toOutcome(step, judgement, reply, performance.now() - startedAt));
    }
  }
}

/** Names of the tables whose content is known at this moment of the replay. */
type Known = Set<string>;

async function prepareTables(run: ReplayRun, source: CaseBundle, steps: readonly ReplayStep[]): Promise<Known> {
  const made = new Set(steps.flatMap(({ use }) => use.datasetsMade));
  const named = new Set(steps.flatMap(({ use }) => [...use.needs, ...use.changes]).map((table) => table.split('.').slice(0, -1).join('.')));
  for (const dataset of named) {
    const [projectId, datasetId] = [dataset.slice(0, dataset.lastIndexOf('.')), dataset.slice(dataset.lastIndexOf('.') + 1)];
    if (!made.has(dataset) && /^\w+$/.test(datasetId) && projectId !== '?')
      await run.process.ask({ kind: 'create-dataset', projectId, datasetId }).catch(() => undefined);
  }
  const known: Known = new Set();
  for (const { table, fields, path, rows, source: from } of await rebuildTables(run.review, source, steps, run.directory)) {
    const [projectId, datasetId, tableId] = splitTableName(table);
    const loaded = await run.process
      .ask({ kind: 'load', table: { projectId: projectId ?? '', datasetId: datasetId ?? '', tableId }, fields, path })
      .catch(() => undefined);
    // A table that the sandbox does not take (a type it lacks) stays unknown.
    if (loaded === undefined) continue;
    known.add(table);
    run.addTable({ table, rows: rows.toString(), source: from });
  }
  return known;
}

async function repeatOther(run: ReplayRun, { asked, use }: ReplayStep, known: Known): Promise<void> {
  const canRun = use.needs.every((table) => known.has(table));
  const status = canRun ? (await run.process.ask({ kind: 'send', asked })).status : undefined;
  applyChanges(use, status !== undefined && status < 300, known);
}

/** After a change that was not repeated, nobody knows what a table holds. */
function applyChanges({ changes, makes, needs }: ReplayStep['use'], isDone: boolean, known: Known): void {
  for (const table of changes) if (!isDone || !(makes.includes(table) || needs.includes(table))) known.delete(table);
  if (isDone) for (const table of makes) known.add(table);
}

async function recompute(run: ReplayRun, step: ReplayStep, known: Known): Promise<{ judgement: Judgement; reply?: RunReply }> {
  const missing = step.use.needs.filter((table) => !known.has(table));
  const before = judgeBefore(step, missing);
  const reached = step.effect === 'allow' && step.outcome !== 'refused';
  if (before !== undefined) {
    // A refused statement changed nothing; one that ran in BigQuery and not here may have.
    if (reached && step.error === undefined) applyChanges(step.use, false, known);
    return { judgement: before };
  }
  const { run: reply = {} } = await run.process.ask({ kind: 'run', asked: step.asked, rows: 'keep' });
  if (!step.dryRun && step.error === undefined) applyChanges(step.use, reply.error === undefined && isWhole(step), known);
  return { judgement: await judge(run, step, reply), reply };
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
  const difference = await diffResults(run.review, recorded, recomputed, { keys: [], samples: 20 });
  return judgeRows(step, difference, isComplete(recorded));
}

const isComplete = ({ total, reportedRows, problems }: ResultRelation): boolean =>
  problems.length === 0 && (reportedRows === undefined || BigInt(reportedRows) === BigInt(total));
