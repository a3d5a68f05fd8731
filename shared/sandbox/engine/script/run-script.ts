import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { toLineAndColumn } from '../../../googlesql/sql-error.ts';
import type { Statement } from '../../../googlesql/syntax/ast-statement.ts';
import type { QueryOutcome } from '../engine.ts';
import { createStopped } from '../failure.ts';
import { type OutcomeFacts, toOutcome } from '../query/outcome.ts';
import { runStatement } from '../query/run-statement.ts';
import type { StatementContext } from '../query/statement-context.ts';
import { translateError } from '../query/translate-error.ts';
import { noteOrigin, originOf } from './error-origin.ts';
import { type StackPlace, toPlaceText } from './error-variables.ts';
import { runControl } from './run-control.ts';
import type { ScriptSignal } from './script-signal.ts';

const MAX_DEPTH = 50;

type Home = { readonly procedure: string | undefined; readonly callers: readonly StackPlace[] };

/** A script in progress: what its statements did, in order. */
export class ScriptRun {
  readonly context: StatementContext;
  readonly children: QueryOutcome[];
  readonly depth: number;
  /** The procedure whose body this is, and from where it was called, innermost first. */
  readonly #home: Home;

  constructor(context: StatementContext, children: QueryOutcome[] = [], depth = 0, home: Home = { procedure: undefined, callers: [] }) {
    this.context = context;
    this.children = children;
    this.depth = depth;
    this.#home = home;
  }

  /** The same script going on in a procedure or a dynamic statement. */
  within(context: StatementContext, call?: { readonly procedure: string; readonly statement: Statement }): ScriptRun {
    if (this.depth >= MAX_DEPTH) {
      throw new BigQueryError({
        reason: 'invalidQuery',
        message: `Stack overflow: procedure call depth exceeds the limit of ${MAX_DEPTH}`,
        location: 'query',
      });
    }
    const home = call ? { procedure: call.procedure, callers: [this.#placeOf(call.statement), ...this.#home.callers] } : this.#home;
    return new ScriptRun(context, this.children, this.depth + 1, home);
  }

  async run(statements: readonly Statement[]): Promise<ScriptSignal | undefined> {
    for (const statement of statements) {
      if (this.context.signal?.aborted) throw createStopped();
      const signal = await this.#step(statement);
      if (signal) return signal;
    }
    return undefined;
  }

  async #step(statement: Statement): Promise<ScriptSignal | undefined> {
    try {
      const control = runControl(this, statement);
      if (control) return await control;
    } catch (error) {
      throw this.#locate(translateError(error), statement);
    }
    await this.#runChild(statement);
    return undefined;
  }

  async #runChild(statement: Statement): Promise<void> {
    const { context } = this;
    const frame = { statementType: statement.statementType, sql: context.slice(statement), startTime: Date.now() };
    try {
      this.#finish(toOutcome(frame, await runStatement(context, statement, false)));
    } catch (raw) {
      const error = this.#locate(translateError(raw), statement);
      if (error instanceof BigQueryError) this.#finish(toOutcome(frame, { error: toFacts(error) }));
      throw error;
    }
  }

  #finish(outcome: QueryOutcome): void {
    const { session, request } = this.context;
    this.children.push(outcome);
    session.system.bytesProcessed += BigInt(outcome.totalBytesProcessed);
    session.system.childJobs++;
    request.onChild?.(outcome);
  }

  /** BigQuery says of a script's error which statement it was: `Query error: … at [3:1]`. */
  #locate(error: unknown, statement: Statement): unknown {
    if (!(error instanceof BigQueryError) || originOf(error)) return error;
    const place = this.#placeOf(statement);
    const isPlaced = error.reason !== 'invalidQuery' || / at \[[^\]]*\d+:\d+\]$/.test(error.message);
    const message = `Query error: ${error.message} at [${toPlaceText(place)}]`;
    const located = isPlaced ? error : new BigQueryError({ reason: error.reason, location: 'query', message });
    noteOrigin(located, { statementText: this.context.slice(statement), stack: [place, ...this.#home.callers] });
    return located;
  }

  #placeOf({ span }: Statement): StackPlace {
    const { line, column } = toLineAndColumn(this.context.text, span.start);
    return { line, column, procedure: this.#home.procedure };
  }
}

const toFacts = ({ reason, message, location }: BigQueryError): NonNullable<OutcomeFacts['error']> => ({
  reason,
  message,
  ...(location === undefined ? {} : { location }),
});
