// Values of script variables stay in DuckDB; only what steers the script is looked at here.
import type { DuckDBValue } from '@duckdb/node-api';
import { duckType } from '../../../googlesql/generate/duck-type.ts';
import type { Expression } from '../../../googlesql/syntax/ast.ts';
import { BOOL, type SqlType, STRING } from '../../../googlesql/types/sql-type.ts';
import { quoteName } from '../duck/quote.ts';
import type { ScriptVariable, Session } from '../query/session.ts';
import type { StatementContext } from '../query/statement-context.ts';

/** Runs one expression; a statement of its own, as a script's expressions are in BigQuery. */
export async function evaluate(context: StatementContext, expression: Expression, type?: SqlType): Promise<DuckDBValue> {
  const { duckSql } = context.scalar(expression, type);
  return evaluateSql(context, duckSql);
}

async function evaluateSql({ session, world, signal }: StatementContext, duckSql: string): Promise<DuckDBValue> {
  const { connection } = session;
  const rows = await world.javascript.settle(connection, () => connection.transaction(() => connection.rows(`SELECT ${duckSql}`, signal)));
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
): Promise<ScriptVariable> {
  const variable = context.session.declare(name, type, (duckName) => toRead(duckName, type));
  await assignVariable(context, variable, duckSql ?? `CAST(NULL AS ${duckType(type)})`);
  return variable;
}

export async function assignVariable(
  { session, world, signal }: StatementContext,
  variable: ScriptVariable,
  duckSql: string,
): Promise<void> {
  const { connection } = session;
  const sql = `SET VARIABLE ${quoteName(variable.duckName)} = (SELECT ${duckSql})`;
  await world.javascript.settle(connection, () => connection.transaction(() => connection.run(sql, signal)));
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
