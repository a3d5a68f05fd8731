import { SqlError } from '../sql-error.ts';
import type { Expression } from '../syntax/ast.ts';
import type { Query } from '../syntax/ast-query.ts';
import type { DmlStatement, QueryStatement } from '../syntax/ast-statement.ts';
import type { SqlType } from '../types/sql-type.ts';
import { Analysis } from './analysis.ts';
import { analyzeDml } from './analyze-dml.ts';
import { analyzeExpression } from './analyze-expression.ts';
import type { AnalyzeOptions } from './analyze-options.ts';
import { analyzeQuery } from './analyze-query.ts';
import { coerce } from './coerce.ts';
import type { ResolvedBody, ResolvedExpression, ResolvedStatement } from './resolved-tree.ts';

/**
 * Resolves a query or DML statement of a parsed script against a catalogue: `{ kind: 'query' | 'insert' | …, referencedTables }`, in which every
 * expression has its type and every column an identity (`resolved-tree.ts`). `options.text` is the script's whole text, for the positions in
 * messages. Views and SQL functions are put in place; `referencedTables` has each view and the tables below it, once.
 * Throws SqlError in BigQuery's wording: 'analysis' for names and types, 'unsupported' for what is not offered, by its name, 'limit' for what is
 * too deep or, with its views and functions in place, too large. What the catalogue throws passes through. Other statements hold queries and
 * expressions (`CREATE TABLE … AS`, `SET x = …`): give those, to this function or to `analyzeScalar`.
 */
export function analyze(statement: QueryStatement | DmlStatement | Query, options: AnalyzeOptions): ResolvedStatement {
  const analysis = new Analysis(options);
  const context = { analysis, outer: undefined };
  const body = withDeepStackGuard(options, (): ResolvedBody => {
    if (statement.kind === 'Query') return { kind: 'query', query: analyzeQuery(statement, context) };
    return statement.kind === 'QueryStatement'
      ? { kind: 'query', query: analyzeQuery(statement.query, context) }
      : analyzeDml(statement, context);
  });
  return { ...body, referencedTables: analysis.referencedTables };
}

/** Resolves one expression outside any query (DECLARE, SET, IF, a column's DEFAULT), coerced to `type` where one is wanted. Throws as `analyze` does. */
export function analyzeScalar(expression: Expression, options: AnalyzeOptions, type?: SqlType): ResolvedExpression {
  const analysis = new Analysis(options);
  const resolved = analyzeExpression(expression, { analysis, scope: undefined, clause: 'a scalar expression' });
  return type ? coerce(analysis, expression, resolved, type) : resolved;
}

function withDeepStackGuard<T>(options: AnalyzeOptions, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new SqlError('limit', 'The query is too deeply nested', options.text, 0);
    throw error;
  }
}
