import { parseScript } from '../../../googlesql/parse-script.ts';
import type { Script, Statement } from '../../../googlesql/syntax/ast-statement.ts';
import type { QueryOutcome, QueryRequest } from '../engine.ts';
import { createInvalidQuery } from '../failure.ts';
import { defineTables } from '../load/table-definitions.ts';
import { ScriptRun } from '../script/run-script.ts';
import { toOutcome } from './outcome.ts';
import type { QueryWorld } from './query-world.ts';
import { runStatement } from './run-statement.ts';
import type { Session } from './session.ts';
import { StatementContext } from './statement-context.ts';

/** A single statement answers for itself; several, or one of the script language, are a SCRIPT with children. */
export async function runRequest(world: QueryWorld, session: Session, request: QueryRequest): Promise<QueryOutcome> {
  const script = parseScript(request.sql);
  const context = new StatementContext(world, session, request, request.sql);
  await defineTables(world.core, session, request);
  const main = mainStatement(script);
  return main ? runAlone(context, script, main) : runAsScript(context, script);
}

/** The one statement of a request that is no script: functions made for it alone do not make it one. */
export function mainStatement({ statements }: Script): Statement | undefined {
  const main = statements.at(-1)!;
  const isAlone = statements.slice(0, -1).every((each) => each.kind === 'CreateFunctionStatement' && each.isTemp);
  return isAlone && main.statementType !== 'SCRIPT' && main.kind !== 'CallStatement' ? main : undefined;
}

async function runAlone(context: StatementContext, { statements, text }: Script, main: Statement): Promise<QueryOutcome> {
  if (main.kind !== 'QueryStatement') context.request.onDestination?.(undefined);
  const frame = { statementType: main.statementType, sql: text, startTime: Date.now() };
  for (const definition of statements.slice(0, -1)) await runStatement(context, definition, false);
  return toOutcome(frame, await runStatement(context, main, true));
}

async function runAsScript(context: StatementContext, { statements, text }: Script): Promise<QueryOutcome> {
  context.request.onDestination?.(undefined);
  const frame = { statementType: 'SCRIPT', sql: text, startTime: Date.now() };
  const run = new ScriptRun(context);
  const signal = await run.run(statements);
  if (signal && signal.kind !== 'return') throw createInvalidQuery(`${signal.kind.toUpperCase()} is only allowed inside of a loop body`);
  const { children } = run;
  const last = children.findLast(({ evaluationKind, error }) => evaluationKind !== 'EXPRESSION' && error === undefined);
  const bytes = children.reduce((sum, child) => sum + BigInt(child.totalBytesProcessed), 0n);
  return toOutcome(frame, { bytes, children, ...answerOf(last) });
}

/** What a client of the script gets is what its last statement answered. */
function answerOf(last: QueryOutcome | undefined): Partial<QueryOutcome> {
  if (!last) return {};
  const { schema, destinationTable, totalRows, numDmlAffectedRows, dmlStats } = last;
  return {
    ...(schema && { schema }),
    ...(destinationTable && { destinationTable }),
    ...(totalRows !== undefined && { totalRows }),
    ...(numDmlAffectedRows !== undefined && { numDmlAffectedRows }),
    ...(dmlStats && { dmlStats }),
  };
}
