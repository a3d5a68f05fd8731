import type { PathExpression } from '../syntax/ast.ts';

/** A path as catalogues know it: quoted names such as `a.b.c` in backticks are split at their dots. */
export const splitPath = (path: PathExpression): string[] => path.names.flatMap((n) => (n.isQuoted ? n.name.split('.') : [n.name]));
