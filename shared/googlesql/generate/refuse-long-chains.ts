import { walkTree } from '../analyze/map-tree.ts';
import type { ResolvedExpression } from '../analyze/resolved-tree.ts';
import { SqlError } from '../sql-error.ts';

/** DuckDB plans a chain of operators in cubic time: 500 terms take a second, 1,000 eight. */
const MAX_OPERATORS = 400;

/** Throws SqlError 'limit' where operators nest deeper than DuckDB plans them in a time that anybody waits for. AND and OR are flat, and free. */
export function refuseLongChains(tree: unknown): void {
  const depths = new Map<ResolvedExpression, number>();
  const depthOf = (expression: ResolvedExpression): number => {
    if (expression.kind !== 'call' || !expression.name.startsWith('$')) return 0;
    const known = depths.get(expression);
    if (known !== undefined) return known;
    const depth = 1 + Math.max(0, ...expression.arguments.map(depthOf));
    depths.set(expression, depth);
    return depth;
  };
  walkTree(tree, (expression) => {
    if (depthOf(expression) > MAX_OPERATORS)
      throw new SqlError('limit', `The query is too complex: more than ${MAX_OPERATORS} operators stand in one chain`, '', 0);
  });
}
