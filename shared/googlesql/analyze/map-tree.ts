import type { Column, ResolvedExpression } from './resolved-tree.ts';

/** Members that are no part of the tree's structure. */
const LEAVES = new Set(['type', 'column', 'columns', 'signature', 'table', 'cte', 'parameters', 'value', 'name', 'offsetColumn']);

type Visit = (expression: ResolvedExpression) => ResolvedExpression | undefined;

const isExpression = (node: object): node is ResolvedExpression => 'kind' in node && 'type' in node;

/** A copy of a typed tree in which `visit` replaces expressions, outermost first, inside subqueries too. What it leaves undefined is gone into. */
export function mapTree<T>(node: T, visit: Visit): T {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node;
  if (Array.isArray(node)) return node.map((item) => mapTree(item, visit)) as T;
  if (isExpression(node)) {
    const replaced = visit(node);
    if (replaced) return replaced as T;
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, LEAVES.has(key) && !isNestedExpression(value) ? value : mapTree(value, visit)]),
  ) as T;
}

const isNestedExpression = (value: unknown): boolean => typeof value === 'object' && value !== null && isExpression(value);

export function walkTree(node: unknown, visit: (expression: ResolvedExpression) => unknown): void {
  mapTree(node, (expression) => {
    visit(expression);
    return undefined;
  });
}

export function columnsRead(node: unknown): Set<number> {
  const read = new Set<number>();
  walkTree(node, (e) => {
    if (e.kind === 'column') read.add(e.column.id);
  });
  return read;
}

/** A text equal for expressions that mean the same computation. */
export function structuralKey(expression: ResolvedExpression): string {
  return JSON.stringify(expression, (key, value) => {
    if (key === 'column') return (value as Column).id;
    if (key === 'signature') return (value as { text: string }).text;
    if (key === 'table') return undefined;
    if (value instanceof Uint8Array) return [...value].join();
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}
