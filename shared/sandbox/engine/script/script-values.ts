// Values of script variables stay in DuckDB; only what steers the script is looked at here.
import type { DuckDBValue } from '@duckdb/node-api';
import { duckType } from '../../../googlesql/generate/duck-type.ts';
import type { Expression } from '../../../googlesql/syntax/ast.ts';
import { BOOL, type SqlType, STRING } from '../../../googlesql/types/sql-type.ts';
import { quoteName } from '../duck/quote.ts';
import { whenReady } from '../query/not-ready.ts';
import type { ScriptVariable, Session } from '../query/session.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { RoutineResource } from '../resource.ts';

/** Runs one expression; a statement of its own, as a script's expressions are in BigQuery. */
export async function evaluate(context: StatementContext, expression: Expression, type?: SqlType): Promise<DuckDBValue> {
  const { duckSql, catalog } = await whenReady(() => context.scalar(expression, type));
  const { session, world, signal } = context;
  const { connection } = session;
  const rows = await world.javascript.settle(connection, catalog.routines, { text: `SELECT ${duckSql}` }, () =>
    connection.transaction(() => connection.rows(`SELECT ${duckSql}`, signal)),
  );
  return rows[0]![0]!;
}

/** NULL is not true. */
export const isTrue = async (context: StatementContext, condition: Expression): Promise<boolean> =>
  (await evaluate(context, condition, BOOL)) === true;

export async function evaluateText(context: StatementContext, expression: Expression): Promise<string | undefined> {
  const value = await evaluate(context, expression, STRING);
  return value === null ? undefined : String(value);
}

const toRead = (duckName: string, type: SqlType): string => `CAST(getvariable('${duckName}') AS ${duckType(type)})`;

export async function declareVariable(
  context: StatementContext,
  name: string,
  type: SqlType,
  duckSql: string | undefined,
  routines: Iterable<RoutineResource> = [],
): Promise<ScriptVariable> {
  const variable = context.session.declare(name, type, (duckName) => toRead(duckName, type));
  await assignVariable(context, variable, duckSql ?? `CAST(NULL AS ${duckType(type)})`, routines);
  return variable;
}

/** `routines`: what the expression calls. */
export async function assignVariable(
  context: StatementContext,
  variable: ScriptVariable,
  duckSql: string,
  routines: Iterable<RoutineResource> = [],
): Promise<void> {
  const { session, world, signal } = context;
  const { connection } = session;
  const sql = `SET VARIABLE ${quoteName(variable.duckName)} = (SELECT ${duckSql})`;
  const assign = (): Promise<unknown> => connection.transaction(() => connection.run(sql, signal));
  await world.javascript.settle(connection, routines, { text: `SELECT ${duckSql}` }, assign);
}

/** Names of the innermost block are forgotten after `work`. */
export async function withScope<Value>(session: Session, work: () => Promise<Value>): Promise<Value> {
  session.scopes.push(new Map());
  try {
    return await work();
  } finally {
    session.scopes.pop();
  }
}

/** Inside a procedure only its own names are visible. */
export async function withFrame<Value>(session: Session, scope: Map<string, ScriptVariable>, work: () => Promise<Value>): Promise<Value> {
  const outer = session.scopes.splice(0);
  session.scopes.push(scope);
  try {
    return await work();
  } finally {
    session.scopes.splice(0, session.scopes.length, ...outer);
  }
}
