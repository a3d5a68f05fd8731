import { walkTree } from '../analyze/map-tree.ts';
import type { ResolvedExpression, WindowExpression } from '../analyze/resolved-tree.ts';

export const hasWindow = (expressions: readonly ResolvedExpression[]): boolean => windowsIn(expressions).length > 0;

/** The windows of a SELECT's own expressions; those of subqueries are theirs. */
export function windowsIn(expressions: readonly ResolvedExpression[]): WindowExpression[] {
  const windows: WindowExpression[] = [];
  walkTree(expressions, (e) => {
    if (e.kind === 'window') windows.push(e);
    return e.kind !== 'subquery';
  });
  return windows;
}
