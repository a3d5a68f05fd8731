import type { Identifier, PathExpression } from '../syntax/ast.ts';
import { analyzeField } from './analyze-access.ts';
import { callBuiltin } from './analyze-call.ts';
import { closestName } from './closest-name.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { ResolvedExpression } from './resolved-tree.ts';
import { findName, lower, visibleNames } from './scope.ts';

/** Functions that may be written without parentheses. */
const NILADIC = new Set(['CURRENT_DATE', 'CURRENT_DATETIME', 'CURRENT_TIME', 'CURRENT_TIMESTAMP']);

/** `a.b.c`: a column, a row, a script variable, each perhaps with fields. */
export function analyzePath(node: PathExpression, context: ExpressionContext): ResolvedExpression {
  const { names } = node;
  const found = findName(
    names.map((n) => n.name),
    context.scope,
  );
  if (found === 'ambiguous') throw context.analysis.error(node, `Column name ${names[0]!.name} is ambiguous`);
  if (found) return fieldsOf(found.expression, names.slice(found.used), context);
  const variable = context.analysis.options.variables?.find((v) => lower(v.name) === lower(names[0]!.name));
  if (variable) return fieldsOf({ kind: 'sql', sql: variable.duckSql, type: variable.type }, names.slice(1), context);
  if (names.length === 1 && NILADIC.has(names[0]!.name.toUpperCase())) return callBuiltin(names[0]!.name.toUpperCase(), [], node, context);
  throw unrecognized(node, context);
}

const fieldsOf = (start: ResolvedExpression, names: readonly Identifier[], context: ExpressionContext): ResolvedExpression =>
  names.reduce((operand, name) => analyzeField(operand, name, context), start);

function unrecognized(node: PathExpression, { analysis, scope }: ExpressionContext): Error {
  const name = node.names.map((n) => n.name).join('.');
  const first = node.names[0]!.name;
  const candidates = [...visibleNames(scope), ...(analysis.options.variables ?? []).map((v) => v.name)];
  const hint = closestName(first, candidates);
  return analysis.error(node, `Unrecognized name: ${name}${hint ? `; Did you mean ${hint}?` : ''}`);
}
