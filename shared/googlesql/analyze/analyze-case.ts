import type { CaseExpression } from '../syntax/ast.ts';
import { typeText } from '../types/sql-type.ts';
import { callWith } from './analyze-call.ts';
import { analyzeCondition, analyzeExpression } from './analyze-expression.ts';
import { internalCall, untypedNull } from './build-expression.ts';
import { commonType, convert } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import { lazily } from './lazy-subquery.ts';
import type { ResolvedExpression } from './resolved-tree.ts';

export function analyzeCase(node: CaseExpression, context: ExpressionContext): ResolvedExpression {
  const operand = node.operand && analyzeExpression(node.operand, context);
  const conditions = node.branches.map((b) =>
    operand
      ? callWith('$equal', [operand, analyzeExpression(b.when, context)], b.when, context)
      : analyzeCondition(b.when, context, 'WHEN clause'),
  );
  const results = node.branches.map((b) => analyzeExpression(b.then, context));
  results.push(node.elseResult ? analyzeExpression(node.elseResult, context) : untypedNull());
  const type = commonType(results);
  if (!type) {
    const types = results.map((r) => typeText(r.type)).join(', ');
    throw context.analysis.error(
      node,
      `No matching signature for operator CASE; all THEN/ELSE arguments must be coercible to a common type but found: ${types}`,
    );
  }
  const values = results.map((r) => lazily(convert(r, type), context.analysis));
  return internalCall('CASE', [...conditions.flatMap((c, i) => [c, values[i]!]), values.at(-1)!], type, caseSql);
}

/** Condition and result in turn, the ELSE result last. */
function caseSql(args: readonly string[]): string {
  const branches: string[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) branches.push(`WHEN ${args[i]} THEN ${args[i + 1]}`);
  return `CASE ${branches.join(' ')} ELSE ${args.at(-1)} END`;
}
