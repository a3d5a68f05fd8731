import type { ResolvedExpression } from './resolved-tree.ts';

/** Members that are no part of the tree's structure. */
const LEAVES = new Set(['type', 'column', 'columns', 'signature', 'table', 'cte', 'parameters', 'value', 'name', 'offsetColumn']);

type Visit = (expression: ResolvedExpression) => ResolvedExpression | undefined;

const isExpression = (node: object): node is ResolvedExpression => 'kind' in node && 'type' in node;

/**
 * A copy of a typed tree in which `visit` replaces expressions, outermost first, inside subqueries too. What it leaves undefined is gone into.
 * Parts that stand in several places (arguments of SQL functions) are gone into once, and are shared in the copy too.
 */
export function mapTree<T>(node: T, visit: Visit, done: Map<object, unknown> = new Map()): T {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node;
  if (done.has(node)) return done.get(node) as T;
  const mapped = mapNode(node, visit, done);
  done.set(node, mapped);
  return mapped as T;
}

function mapNode(node: object, visit: Visit, done: Map<object, unknown>): unknown {
  if (Array.isArray(node)) return node.map((item) => mapTree(item, visit, done));
  if (isExpression(node)) {
    const replaced = visit(node);
    if (replaced) return replaced;
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, LEAVES.has(key) && !isNestedExpression(value) ? value : mapTree(value, visit, done)]),
  );
}

const isNestedExpression = (value: unknown): boolean => typeof value === 'object' && value !== null && isExpression(value);

/** Visits every expression once, however often it stands in the tree. A visitor that answers false keeps out of what is below. */
export function walkTree(node: unknown, visit: (expression: ResolvedExpression) => unknown, seen: Set<object> = new Set()): void {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array || seen.has(node)) return;
  seen.add(node);
  if (Array.isArray(node)) {
    for (const item of node) walkTree(item, visit, seen);
    return;
  }
  if (isExpression(node) && visit(node) === false) return;
  for (const [key, value] of Object.entries(node)) if (!LEAVES.has(key) || isNestedExpression(value)) walkTree(value, visit, seen);
}

export function columnsRead(node: unknown): Set<number> {
  const read = new Set<number>();
  walkTree(node, (e) => {
    if (e.kind === 'column') read.add(e.column.id);
  });
  return read;
}
