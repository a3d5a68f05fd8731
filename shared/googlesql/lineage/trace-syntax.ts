import { analyze } from '../analyze/analyze.ts';
import type { AnalyzeOptions } from '../analyze/analyze-options.ts';
import { splitPath } from '../describe/resolve-name.ts';
import type { PathExpression } from '../syntax/ast.ts';
import type { Query } from '../syntax/ast-query.ts';
import type { Statement } from '../syntax/ast-statement.ts';
import type { SqlType } from '../types/sql-type.ts';
import { completePath } from './schema-catalog.ts';
import { type TracedStatement, traceResolved } from './trace-lineage.ts';
import type { Surroundings } from './tracer.ts';

/** `types`: of a query's columns. */
export type TracedSyntax = TracedStatement & { readonly types: readonly SqlType[] };

/**
 * Follows a query, DML, or a CREATE TABLE or CREATE VIEW that has a query; undefined for any other statement. Throws SqlError where it cannot
 * be resolved.
 */
export function traceSyntax(statement: Statement, options: AnalyzeOptions, surroundings?: Surroundings): TracedSyntax | undefined {
  switch (statement.kind) {
    case 'QueryStatement':
      return traceQuery(statement.query, options, surroundings);
    case 'InsertStatement':
    case 'UpdateStatement':
    case 'DeleteStatement':
    case 'MergeStatement':
    case 'TruncateStatement':
      return { ...traceResolved(analyze(statement, options), surroundings), types: [] };
    case 'CreateTableStatement':
    case 'CreateViewStatement': {
      if (!statement.query) return undefined;
      const given = statement.columns.map(({ name }) => name.name);
      return into(statement.name, given, traceQuery(statement.query, options, surroundings), options);
    }
    default:
      return undefined;
  }
}

export function traceQuery(query: Query, options: AnalyzeOptions, surroundings?: Surroundings): TracedSyntax {
  const resolved = analyze(query, options);
  const types = resolved.kind === 'query' ? resolved.query.columns.map(({ column }) => column.type) : [];
  return { ...traceResolved(resolved, surroundings), types };
}

/** The query's columns under the names that the statement gives, if it does. */
function into(name: PathExpression, given: readonly string[], traced: TracedSyntax, { defaults }: AnalyzeOptions): TracedSyntax {
  const columns = traced.columns.map((column, index) => ({ ...column, name: given[index] ?? column.name }));
  return { ...traced, columns, target: completePath(splitPath(name), defaults) };
}
