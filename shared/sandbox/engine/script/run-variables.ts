import { isZone } from '../../../googlesql/functions/time-zone.ts';
import { structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import type { Identifier, SystemVariable } from '../../../googlesql/syntax/ast.ts';
import type { DeclareStatement, SetStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { quoteText } from '../duck/quote.ts';
import { createInvalidQuery } from '../failure.ts';
import type { ScriptVariable } from '../query/session.ts';
import type { StatementContext } from '../query/statement-context.ts';
import { assignVariable, declareVariable, evaluateText } from './script-values.ts';

export async function runDeclare(context: StatementContext, { variables, type, defaultValue }: DeclareStatement): Promise<void> {
  const wanted = type && context.typeOf(type);
  const initial = defaultValue && context.scalar(defaultValue, wanted);
  const sqlType = wanted ?? initial!.type;
  for (const { name } of variables) {
    if (context.session.scopes.at(-1)!.has(name.toLowerCase())) throw createInvalidQuery(`Variable '${name}' redeclaration`);
  }
  const [first, ...rest] = variables;
  const variable = await declareVariable(context, first!.name, sqlType, initial?.duckSql, initial?.catalog.routines);
  // One evaluation for all: DECLARE a, b DEFAULT RAND() gives both the same.
  for (const { name } of rest) await declareVariable(context, name, sqlType, variable.duckSql);
}

export async function runSet(context: StatementContext, statement: SetStatement): Promise<void> {
  const { targets, isTuple } = statement;
  if (isTuple) return setTuple(context, statement);
  const [target] = targets;
  if (target!.kind === 'SystemVariable') return setSystem(context, target as SystemVariable, statement);
  const variable = findTarget(context, target as Identifier);
  const { duckSql, catalog } = context.scalar(statement.value, variable.type);
  await assignVariable(context, variable, duckSql, catalog.routines);
}

async function setTuple(context: StatementContext, { targets, value }: SetStatement): Promise<void> {
  const { session } = context;
  const tuple = context.scalar(value);
  if (tuple.type.kind !== 'STRUCT' || tuple.type.fields.length !== targets.length) {
    throw createInvalidQuery(
      `Cannot assign value of type ${tuple.type.kind} to ${targets.length} variables: a STRUCT with as many fields is needed`,
    );
  }
  const names = structFieldNames(tuple.type);
  const whole = session.declare(' tuple', tuple.type, (duckName) => `getvariable('${duckName}')`);
  try {
    await assignVariable(context, whole, tuple.duckSql, tuple.catalog.routines);
    for (const [index, target] of targets.entries()) {
      const variable = findTarget(context, target as Identifier);
      await assignVariable(context, variable, `struct_extract(${whole.duckSql}, ${quoteText(names[index]!)})`);
    }
  } finally {
    session.scopes.at(-1)!.delete(' tuple');
  }
}

function findTarget({ session }: StatementContext, { name }: Identifier): ScriptVariable {
  const variable = session.findVariable(name);
  if (!variable) throw createInvalidQuery(`Undeclared variable: ${name}`);
  return variable;
}

async function setSystem(context: StatementContext, { names }: SystemVariable, { value }: SetStatement): Promise<void> {
  const name = names.map((each) => each.name.toLowerCase()).join('.');
  const text = await evaluateText(context, value);
  if (name === 'time_zone') {
    if (text !== undefined && !isZone(text)) throw createInvalidQuery(`Invalid time zone: ${text}`);
    context.session.system.timeZone = text ?? 'UTC';
  } else if (name === 'query_label') context.session.system.queryLabel = text;
  else if (name === 'dataset_id') context.session.system.datasetId = text;
  else if (name === 'dataset_project_id') context.session.system.datasetProjectId = text;
  else throw createInvalidQuery(`Cannot set system variable @@${name}`);
}
