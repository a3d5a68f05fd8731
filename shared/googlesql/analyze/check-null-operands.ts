import type { Node } from '../syntax/ast.ts';
import type { Analysis } from './analysis.ts';

/** Operators that refuse NULL written as an operand: nobody means it. BETWEEN, IN, AND, OR and IS take it. */
const STRICT_OPERATORS: Readonly<Record<string, string>> = {
  $equal: '=',
  $not_equal: '!=',
  $less: '<',
  $less_or_equal: '<=',
  $greater: '>',
  $greater_or_equal: '>=',
  $add: '+',
  $subtract: '-',
  $multiply: '*',
  $divide: '/',
  $concat: '||',
  $bitwise_or: '|',
  $bitwise_and: '&',
  $bitwise_xor: '^',
  $bitwise_not: '~',
  $unary_minus: '-',
  $unary_plus: '+',
  $like: 'LIKE',
  NOT: 'NOT',
};

/** `NULL + 1` and `x = NULL` are errors. `isNegated`: the operator was written with NOT. */
export function refuseNullOperands(name: string, operands: readonly Node[], analysis: Analysis, isNegated = false): void {
  const operator = STRICT_OPERATORS[name];
  const found = operator && operands.find(({ kind }) => kind === 'NullLiteral');
  if (found) throw analysis.error(found, `Operands of ${isNegated ? 'NOT ' : ''}${operator} cannot be literal NULL`);
}
