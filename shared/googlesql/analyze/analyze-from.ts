import type { SampledTable, TableExpression, TablePathExpression, TableSample, TableSubquery } from '../syntax/ast-query.ts';
import { FLOAT64, INT64 } from '../types/sql-type.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { analyzeJoin } from './analyze-join.ts';
import { analyzePivot } from './analyze-pivot.ts';
import { analyzeQuery, type QueryContext } from './analyze-query.ts';
import { analyzeTableFunction } from './analyze-table-function.ts';
import { analyzeTablePath } from './analyze-table-path.ts';
import { analyzeUnnest, type Unnested, unnestOf } from './analyze-unnest.ts';
import { analyzeUnpivot } from './analyze-unpivot.ts';
import { columnReference } from './build-expression.ts';
import { coerce } from './coerce.ts';
import type { NamedRelation } from './query-output.ts';
import type { Relation, ResolvedQuery } from './resolved-tree.ts';
import { type Scope, tableNames, valueNames } from './scope.ts';

/** Where a table stands: `left` are the names to its left in the same FROM, with the outer ones as parent. */
export type FromContext = QueryContext & { readonly left?: Scope | undefined };

export const sightOf = (context: FromContext): Scope | undefined => context.left ?? context.outer;

export const analyzeFrom = (node: TableExpression, context: QueryContext): NamedRelation => analyzeTable(node, context);

export function analyzeTable(node: TableExpression, context: FromContext): NamedRelation {
  const unnested: Unnested | undefined = unnestOf(node, context);
  if (unnested) return analyzeUnnest(unnested);
  switch (node.kind) {
    case 'TablePathExpression':
      return analyzeTablePath(node as TablePathExpression, context);
    case 'TableSubquery':
      return analyzeTableSubquery(node, context);
    case 'TableFunctionCall':
      return analyzeTableFunction(node, context);
    case 'Join':
      return analyzeJoin(node, context);
    case 'PivotTable':
      return analyzePivot(node.pivot, node.alias?.name, analyzeTable(node.input, context), context);
    case 'UnpivotTable':
      return analyzeUnpivot(node.unpivot, node.alias?.name, analyzeTable(node.input, context), context);
    case 'SampledTable':
      return analyzeSample(node, context);
    default:
      throw context.analysis.unsupported(node, 'MATCH_RECOGNIZE');
  }
}

function analyzeTableSubquery(node: TableSubquery, context: FromContext): NamedRelation {
  const outer = node.isLateral ? sightOf(context) : context.outer;
  return namedQuery(analyzeQuery(node.query, { analysis: context.analysis, outer }), node.alias?.name);
}

/** A query as a table under an alias. */
export function namedQuery(query: ResolvedQuery, alias: string | undefined): NamedRelation {
  if (query.isValueTable && query.columns.length === 1) {
    return { relation: query.relation, names: valueNames(alias, columnReference(query.columns[0]!.column)) };
  }
  const columns = query.columns.map((c) => ({
    name: c.name,
    expression: columnReference(c.column),
    ...(c.isPseudo && { isHidden: true }),
  }));
  return { relation: query.relation, names: tableNames(alias, columns) };
}

function analyzeSample(node: SampledTable, context: FromContext): NamedRelation {
  const input = analyzeTable(node.input, context);
  return { ...input, relation: sampled(input.relation, node.sample, context) };
}

export function sampled(input: Relation, sample: TableSample, { analysis, outer }: QueryContext): Relation {
  if (sample.partitionBy.length || sample.repeatable) throw analysis.unsupported(sample, 'TABLESAMPLE with PARTITION BY or REPEATABLE');
  const size = analyzeExpression(sample.size, { analysis, scope: outer, clause: 'TABLESAMPLE clause' });
  if (sample.unit === 'ROWS') return { kind: 'sample', input, rows: coerce(analysis, sample.size, size, INT64) };
  return { kind: 'sample', input, percent: coerce(analysis, sample.size, size, FLOAT64) };
}
