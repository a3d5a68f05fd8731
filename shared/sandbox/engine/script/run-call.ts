import { splitPath } from '../../../googlesql/analyze/split-path.ts';
import { parseScript } from '../../../googlesql/parse-script.ts';
import type { Argument, Expression, PathExpression } from '../../../googlesql/syntax/ast.ts';
import type { CallStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { createInvalidQuery, createNotFound, routineText } from '../failure.ts';
import { AnalysisCatalog, resolveTable } from '../query/analysis-catalog.ts';
import { whenReady } from '../query/not-ready.ts';
import type { ScriptVariable } from '../query/session.ts';
import { parseStandardType } from '../query/sql-types.ts';
import type { RoutineArgument, RoutineResource } from '../resource.ts';
import type { ScriptRun } from './run-script.ts';
import type { ScriptSignal } from './script-signal.ts';
import { assignVariable, declareVariable, withFrame, withScope } from './script-values.ts';
import { isAbortSession, runSystemProcedure } from './system-procedures.ts';

/** CALL: a script of its own, with its own names; OUT and INOUT arguments are copied back when it ends well. */
export async function runCall(run: ScriptRun, statement: CallStatement): Promise<ScriptSignal | undefined> {
  const { context } = run;
  const path = splitPath(statement.procedure);
  if (isAbortSession(path)) return runSystemProcedure(context, path);
  const procedure = findProcedure(run, path);
  const parameters = procedure.arguments ?? [];
  const name = path.join('.');
  if (statement.arguments.length !== parameters.length) {
    throw createInvalidQuery(
      `Procedure call failed for ${name}: expected ${parameters.length} arguments, got ${statement.arguments.length}`,
    );
  }
  const frame = await bindArguments(run, parameters, statement.arguments, name);
  const { projectId, datasetId, routineId } = procedure.routineReference;
  const call = { procedure: `${projectId}.${datasetId}.${routineId}`, statement };
  const inner = run.within(context.within(procedure.definitionBody, []), call);
  const { statements } = parseScript(procedure.definitionBody);
  await withFrame(context.session, frame, () => withScope(context.session, () => inner.run(statements)));
  await copyBack(run, parameters, statement.arguments, frame);
  return undefined;
}

function findProcedure({ context }: ScriptRun, path: readonly string[]): RoutineResource {
  const found = new AnalysisCatalog(context.world, context.session).findStoredRoutine(path, context.defaults);
  if (found?.routineType === 'PROCEDURE') return found;
  const reference = resolveTable(path, context.defaults);
  const text = reference ? routineText({ ...reference, routineId: reference.tableId }) : path.join('.');
  throw createNotFound('Routine', text, context.world.core.location);
}

/** The procedure's first scope: its parameters. Values are computed in the caller's. */
async function bindArguments(
  run: ScriptRun,
  parameters: readonly RoutineArgument[],
  given: readonly Argument[],
  name: string,
): Promise<Map<string, ScriptVariable>> {
  const { context } = run;
  // Names of the frame must not hide the caller's while arguments are computed, so it is made aside and pushed for each declaration only.
  const frame = new Map<string, ScriptVariable>();
  for (const [index, parameter] of parameters.entries()) {
    const argument = given[index] as Expression;
    if (parameter.mode === 'OUT' || parameter.mode === 'INOUT') checkVariable(run, argument, name, index);
    const type =
      parameter.dataType && parameter.argumentKind !== 'ANY_TYPE'
        ? parseStandardType(parameter.dataType)
        : (await whenReady(() => context.scalar(argument))).type;
    const value = parameter.mode === 'OUT' ? undefined : await whenReady(() => context.scalar(argument, type));
    await withFrame(context.session, frame, () =>
      declareVariable(context, parameter.name ?? '', type, value?.duckSql, value?.catalog.routines),
    );
  }
  return frame;
}

function checkVariable({ context }: ScriptRun, argument: Expression, name: string, index: number): void {
  if (variableOf(argument) && context.session.findVariable(variableOf(argument)!)) return;
  throw createInvalidQuery(`Argument ${index + 1} of procedure ${name} is OUT or INOUT and must be a variable`);
}

const variableOf = (argument: Expression): string | undefined =>
  argument.kind === 'PathExpression' && (argument as PathExpression).names.length === 1
    ? (argument as PathExpression).names[0]!.name
    : undefined;

async function copyBack(
  run: ScriptRun,
  parameters: readonly RoutineArgument[],
  given: readonly Argument[],
  frame: Map<string, ScriptVariable>,
): Promise<void> {
  for (const [index, { mode, name }] of parameters.entries()) {
    if (mode !== 'OUT' && mode !== 'INOUT') continue;
    const target = run.context.session.findVariable(variableOf(given[index] as Expression)!)!;
    await assignVariable(run.context, target, frame.get(name!.toLowerCase())!.duckSql);
  }
}
