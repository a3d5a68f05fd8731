import { EngineError } from '../../../shared/contract/failure.ts';
import type { ReplayOutcome } from '../../../shared/contract/replay.ts';
import type { ResultRelations } from '../result/result-relations.ts';
import type { ReviewCase } from '../review-case.ts';
import type { Judgement } from './judge-outcome.ts';
import type { RowsWanted, RunReply } from './replay-messages.ts';
import type { ReplayStep } from './replay-plan.ts';
import type { ReplayProcess } from './replay-process.ts';

/** A replay under way: what it works with, and where it reports. */
export type ReplayRun = {
  readonly replayId: string;
  readonly review: ReviewCase;
  readonly results: ResultRelations;
  readonly process: ReplayProcess;
  /** Of this replay only. */
  readonly directory: string;
  begin(total: number): void;
  addTable(table: { readonly table: string; readonly rows: string; readonly source: string }): void;
  add(outcome: ReplayOutcome): void;
};

/** One statement, asked again. What the process cannot do with it is an answer too; only its death ends the replay. */
export async function askAgain({ process }: ReplayRun, { asked }: ReplayStep, rows: RowsWanted): Promise<RunReply> {
  try {
    const { run = {} } = await process.ask({ kind: 'run', asked, rows });
    return run;
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'REPLAY_STEP_FAILED') throw error;
    return { error: { code: undefined, reason: 'internalError', message: error.message } };
  }
}

export function toOutcome(step: ReplayStep, judgement: Judgement, reply: RunReply | undefined, elapsedMs: number): ReplayOutcome {
  const { exchangeId, number, statementType, sql, error, totalRows } = step;
  const { missing, ...judged } = judgement;
  return {
    exchangeId,
    number,
    ...(statementType === undefined ? {} : { statementType }),
    sql,
    ...judged,
    missing: missing ?? [],
    recorded: { ...(totalRows === undefined ? {} : { rows: totalRows }), ...toErrorFields(error) },
    ...(reply === undefined
      ? {}
      : { replayed: { ...(reply.rows === undefined ? {} : { rows: reply.rows }), ...toErrorFields(reply.error) } }),
    elapsedMs,
  };
}

const toErrorFields = (error: { readonly reason: string; readonly message: string } | undefined) =>
  error === undefined ? {} : { errorReason: error.reason, errorMessage: error.message };
