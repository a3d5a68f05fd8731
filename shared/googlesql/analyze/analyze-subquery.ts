import type { ExpressionSubquery, Node } from '../syntax/ast.ts';
import { arrayOf, BOOL } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import { analyzeQuery } from './analyze-query.ts';
import { columnReference } from './build-expression.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { ResolvedExpression, ResolvedQuery } from './resolved-tree.ts';

const MODIFIER_TEXT = { SCALAR: 'Scalar subquery', ARRAY: 'ARRAY subquery', EXISTS: 'EXISTS subquery' } as const;

export function analyzeSubquery(node: ExpressionSubquery, context: ExpressionContext): ResolvedExpression {
  const query = analyzeQuery(node.query, { analysis: context.analysis, outer: context.scope });
  if (node.modifier === 'EXISTS') return { kind: 'subquery', form: 'exists', query, type: BOOL };
  const what = `${MODIFIER_TEXT[node.modifier]} cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values`;
  const column = scalarColumn(query, node, context.analysis, what);
  if (node.modifier === 'SCALAR') return { kind: 'subquery', form: 'scalar', query, type: column.type };
  if (column.type.kind === 'ARRAY') {
    throw context.analysis.error(node, 'Cannot use array subquery with column of type ARRAY because nested arrays are not supported');
  }
  return { kind: 'subquery', form: 'array', query, type: arrayOf(column.type) };
}

export function scalarColumn(query: ResolvedQuery, node: Node, analysis: Analysis, complaint: string): ResolvedExpression {
  const [only, ...others] = query.columns.filter((c) => !c.isPseudo);
  if (!only || others.length) throw analysis.error(node, complaint);
  return columnReference(only.column);
}
