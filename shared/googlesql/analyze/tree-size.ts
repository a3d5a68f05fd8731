import type { Node } from '../syntax/ast.ts';
import type { Analysis } from './analysis.ts';
import type { ResolvedExpression } from './resolved-tree.ts';

const MAX_EXPANDED_SIZE = 200_000;

/** Members that are no part of the tree's structure. */
const LEAVES = new Set(['type', 'column', 'columns', 'signature', 'table', 'cte']);

const sizes = new WeakMap<object, number>();

/** How many nodes the tree has, parts that are shared counted wherever they stand. */
function treeSize(node: unknown): number {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return 0;
  const known = sizes.get(node);
  if (known !== undefined) return known;
  let size = 1;
  for (const [key, value] of Object.entries(node)) if (!LEAVES.has(key)) size += treeSize(value);
  sizes.set(node, size);
  return size;
}

/** Arguments that a body uses several times make the statement grow like 2, 4, 8, …: it ends here instead. */
export function checkExpandedSize(expanded: ResolvedExpression, node: Node, analysis: Analysis): ResolvedExpression {
  if (treeSize(expanded) <= MAX_EXPANDED_SIZE) return expanded;
  throw analysis.error(node, 'The query is too large after its functions and WITH expressions are put in place', 'limit');
}
