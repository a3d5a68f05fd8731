import type { Node } from '../syntax/ast.ts';
import { type SqlType, typeText } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import { OPERATOR_TEXTS } from './operator-texts.ts';
import { refuses } from './type-traits.ts';

/** They take NULL written as an operand; of the other operators nobody means it. */
const LENIENT_OPERATORS = new Set(['$shift_left', '$shift_right', '$between', '$in', '$is_distinct', '$is_not_distinct']);

const strictOperator = (name: string): string | undefined =>
  name === 'NOT' ? name : LENIENT_OPERATORS.has(name) ? undefined : OPERATOR_TEXTS[name];

/** `NULL + 1` and `x = NULL` are errors. `isNegated`: the operator was written with NOT. */
export function refuseNullOperands(name: string, operands: readonly Node[], analysis: Analysis, isNegated = false): void {
  const operator = strictOperator(name);
  const found = operator && operands.find(({ kind }) => kind === 'NullLiteral');
  if (found) throw analysis.error(found, `Operands of ${isNegated ? 'NOT ' : ''}${operator} cannot be literal NULL`);
}

const COMPARISONS: Readonly<Record<string, string>> = {
  $equal: 'Equality',
  $not_equal: 'Inequality',
  $less: 'Less than',
  $less_or_equal: 'Less than or equal to',
  $greater: 'Greater than',
  $greater_or_equal: 'Greater than or equal to',
  $between: 'BETWEEN',
  $in: 'IN',
  $is_distinct: 'Grouping',
  $is_not_distinct: 'Grouping',
  NULLIF: 'NULLIF',
  GREATEST: 'GREATEST',
  LEAST: 'LEAST',
};

const NEEDS_ORDER = new Set(['$less', '$less_or_equal', '$greater', '$greater_or_equal', '$between', 'GREATEST', 'LEAST']);

/** Google's refusals of comparisons: JSON is equal to nothing, structs have no order. */
export function refuseComparison(name: string, type: SqlType | undefined, node: Node, analysis: Analysis): void {
  const comparison = COMPARISONS[name];
  if (!comparison || !type) return;
  const refused = refuses(NEEDS_ORDER.has(name) ? 'order' : 'group', type);
  if (refused) throw analysis.error(node, `${comparison} is not defined for arguments of type ${typeText(type)}`);
}
