import type { QueryParameter } from '../../../googlesql/analyze/analyze-options.ts';
import { parseScript } from '../../../googlesql/parse-script.ts';
import type { ExecuteImmediateStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { fieldsOf, isPlaced } from '../catalog/stored-table.ts';
import { getTable } from '../catalog/table-operations.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName } from '../duck/quote.ts';
import { createInvalidQuery } from '../failure.ts';
import { whenReady } from '../query/not-ready.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { ScriptRun } from './run-script.ts';
import type { ScriptSignal } from './script-signal.ts';
import { assignVariable, evaluate, evaluateText } from './script-values.ts';
import { toParameterValue } from './to-parameter-value.ts';

/** Dynamic SQL is one statement, seeing the script's variables and, as parameters, what USING gives. */
export async function runExecuteImmediate(run: ScriptRun, statement: ExecuteImmediateStatement): Promise<ScriptSignal | undefined> {
  const { context } = run;
  const text = await evaluateText(context, statement.sql);
  if (text === undefined) throw createInvalidQuery('SQL statement in EXECUTE IMMEDIATE cannot be NULL');
  const { statements } = parseScript(text);
  if (statements.length !== 1) throw createInvalidQuery('EXECUTE IMMEDIATE takes one statement');
  const inner = run.within(context.within(text, await bindUsing(context, statement)));
  await inner.run(statements);
  if (statement.into.length > 0) await assignInto(run, statement);
  return undefined;
}

async function bindUsing(context: StatementContext, { using }: ExecuteImmediateStatement): Promise<readonly QueryParameter[]> {
  const bound: QueryParameter[] = [];
  for (const { value, name } of using) {
    const { type } = await whenReady(() => context.scalar(value));
    bound.push({ ...(name && { name: name.name }), type, value: toParameterValue(await evaluate(context, value, type), type) });
  }
  return bound;
}

async function assignInto({ context, children }: ScriptRun, { into }: ExecuteImmediateStatement): Promise<void> {
  const last = children.at(-1);
  if (!last?.destinationTable) throw createInvalidQuery('EXECUTE IMMEDIATE with INTO needs a query');
  const table = getTable(context.world.core, last.destinationTable);
  const fields = fieldsOf(table);
  if (!isPlaced(table)) throw createInvalidQuery('EXECUTE IMMEDIATE with INTO needs a query');
  if (fields.length !== into.length)
    throw createInvalidQuery(`EXECUTE IMMEDIATE INTO expects ${into.length} columns, but the query has ${fields.length}`);
  if (BigInt(last.totalRows ?? 0) > 1n) throw createInvalidQuery('Query in EXECUTE IMMEDIATE with INTO returned more than one row');
  for (const [index, { name }] of into.entries()) {
    const variable = context.session.findVariable(name);
    if (!variable) throw createInvalidQuery(`Undeclared variable: ${name}`);
    await assignVariable(context, variable, `${quoteName(fields[index]!.name)} FROM ${toDuckTable(table.place)}`);
  }
}
