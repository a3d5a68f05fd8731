// The console's current run. Its rows live here, outside the store of choices, and only until the next run.
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import type { EngineFailure } from '../../../shared/contract/failure.ts';
import type { SqlAnswer } from '../../../shared/contract/result.ts';

export type SqlRunState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'running'; readonly runId: string; readonly sql: string; readonly startedAt: number; readonly cancelling: boolean }
  | { readonly phase: 'done'; readonly sql: string; readonly answer: SqlAnswer }
  | { readonly phase: 'failed'; readonly sql: string; readonly failure: EngineFailure };

export type SqlRun = {
  state(): SqlRunState;
  /** Replaces a run that is still under way, whose answer is then dropped. Resolves with how it ended. */
  run(sql: string): Promise<SqlRunState>;
  cancel(): Promise<void>;
  subscribe(listener: () => void): () => void;
};

export const MOST_ROWS = 10_000;

export function createSqlRun(engine: EngineApi): SqlRun {
  const listeners = new Set<() => void>();
  let state: SqlRunState = { phase: 'idle' };
  let runs = 0;

  const put = (next: SqlRunState): SqlRunState => {
    state = next;
    for (const listener of listeners) listener();
    return next;
  };
  const isCurrent = (runId: string): boolean => state.phase === 'running' && state.runId === runId;

  async function cancel(): Promise<void> {
    if (state.phase !== 'running' || state.cancelling) return;
    put({ ...state, cancelling: true });
    await engine.tryCall('sql:cancel', { runId: state.runId });
  }

  async function run(sql: string): Promise<SqlRunState> {
    if (state.phase === 'running') void engine.tryCall('sql:cancel', { runId: state.runId });
    const runId = `console-${Date.now().toString(36)}-${++runs}`;
    put({ phase: 'running', runId, sql, startedAt: Date.now(), cancelling: false });
    const answer = await engine.tryCall('sql:run', { runId, sql, maxRows: MOST_ROWS });
    if (!isCurrent(runId)) return state;
    return put(answer.ok ? { phase: 'done', sql, answer: answer.value } : { phase: 'failed', sql, failure: answer.error });
  }

  return {
    state: () => state,
    run,
    cancel,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
