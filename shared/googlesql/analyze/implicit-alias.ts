import type { Expression } from '../syntax/ast.ts';

/** The name an expression gives its column without AS: the last name of a path; undefined for anything else. */
export function implicitAlias(node: Expression): string | undefined {
  if (node.kind === 'PathExpression') return node.names.at(-1)!.name;
  if (node.kind === 'DotIdentifier') return node.name.name;
  return undefined;
}
