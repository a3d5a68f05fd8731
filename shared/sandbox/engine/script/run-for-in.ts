import { structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import type { ForInStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { structField, structOf } from '../../../googlesql/types/sql-type.ts';
import { isPlaced, type PlacedTable } from '../catalog/stored-table.ts';
import { getTable } from '../catalog/table-operations.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName } from '../duck/quote.ts';
import { whenReady } from '../query/not-ready.ts';
import { toOutcome } from '../query/outcome.ts';
import { runSelect } from '../query/run-select.ts';
import { runPass } from './run-control.ts';
import type { ScriptRun } from './run-script.ts';
import type { ScriptSignal } from './script-signal.ts';
import { assignVariable, declareVariable, withScope } from './script-values.ts';

/** The rows are those of one execution of the query, whatever the body changes. */
export async function runForIn(run: ScriptRun, statement: ForInStatement): Promise<ScriptSignal | undefined> {
  const { context } = run;
  const { duck } = await whenReady(() => context.analyze(statement.query));
  const frame = { statementType: 'SELECT', sql: context.slice(statement.query), startTime: Date.now() };
  const facts = await runSelect(context, statement.query, false);
  run.children.push(toOutcome(frame, { ...facts, evaluationKind: 'EXPRESSION' }));
  const table = getTable(context.world.core, facts.destinationTable!);
  if (!isPlaced(table)) return undefined;
  const type = structOf(duck.columns.map((column) => structField(column.isAnonymous ? undefined : column.name, column.type)));
  return withScope(context.session, async () => {
    const variable = await declareVariable(context, statement.variable.name, type, undefined);
    const names = structFieldNames(type);
    const row = `struct_pack(${duck.columns.map((column, index) => `${quoteName(names[index]!)} := ${quoteName(column.name)}`).join(', ')})`;
    for (let index = 0n; index < BigInt(facts.totalRows ?? 0); index++) {
      await assignVariable(context, variable, `${row} FROM ${toDuckTable((table as PlacedTable).place)} WHERE rowid = ${index}`);
      const step = await runPass(run, statement.body, statement.label?.name);
      if (step !== 'go on') return step === 'leave' ? undefined : step;
    }
    return undefined;
  });
}
