import type { BinaryOperator, ComparisonOperator, Expression, ValueSource } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { refuseQuery } from './parse-conditional.ts';
import { parseHint } from './parse-option.ts';
import { isQueryInside, parseParenthesis } from './parse-parenthesis.ts';
import { parsePostfix, parsePrimary } from './parse-primary.ts';

/** How tightly operators bind, loosest first (GoogleSQL's operator precedence). */
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARISON = 4;
const UNARY = 12;

const BINARY: Readonly<Record<string, number>> = { '|': 5, '^': 6, '&': 7, '<<': 8, '>>': 8, '+': 9, '-': 9, '||': 10, '*': 11, '/': 11 };
const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

export const parseExpression = (cursor: Cursor): Expression => cursor.nested(parseWhole);

const parseWhole = (cursor: Cursor): Expression => parseFrom(cursor, parseUnary(cursor, OR), OR);

/** An expression without AND, OR, NOT and comparisons, so that IN after it is left alone. */
export const parseTightExpression = (cursor: Cursor): Expression => cursor.nested((inside) => parseOperand(inside, COMPARISON + 1));

/** Goes on with an expression whose first operand is already read. */
export function continueExpression(cursor: Cursor, operand: Expression): Expression {
  return parseFrom(cursor, parsePostfix(cursor, operand), OR);
}

/** An operand of an operator that binds at `level`. Not counted as nesting: what nests comes through parseExpression or a unary operator. */
const parseOperand = (cursor: Cursor, level: number): Expression => parseFrom(cursor, parseUnary(cursor, level), level);

function parseUnary(cursor: Cursor, level: number): Expression {
  const { token } = cursor;
  if (token.keyword === 'NOT' && level <= NOT) {
    cursor.advance();
    const operand = cursor.nested((inside) => parseOperand(inside, NOT));
    return { kind: 'UnaryExpression', span: cursor.spanFrom(token.start), operator: 'NOT', operand };
  }
  if (token.kind === 'symbol' && (token.text === '-' || token.text === '+' || token.text === '~')) {
    cursor.advance();
    const operand = cursor.nested((inside) => parseOperand(inside, UNARY));
    return { kind: 'UnaryExpression', span: cursor.spanFrom(token.start), operator: token.text, operand };
  }
  return parsePostfix(cursor, parsePrimary(cursor));
}

/** Operators of this level or tighter, from left to right. */
function parseFrom(cursor: Cursor, first: Expression, level: number): Expression {
  let left = first;
  let hasCompared = false;
  for (let links = 1; ; links++) {
    const start = left.span.start;
    const binary = binaryOperatorAt(cursor);
    if (binary !== undefined) {
      const precedence = BINARY[binary] as number;
      if (precedence < level) return left;
      cursor.checkChain(links);
      takeBinaryOperator(cursor, binary);
      const right = parseOperand(cursor, precedence + 1);
      left = { kind: 'BinaryExpression', span: { start, end: right.span.end }, operator: binary, left, right };
    } else if (level <= COMPARISON && isComparison(cursor)) {
      if (hasCompared) failNotAssociative(cursor, left);
      hasCompared = true;
      left = parseComparison(cursor, left);
    } else if (level <= AND && cursor.isKeyword('AND')) {
      left = parseChain(cursor, left, 'AND', AND);
    } else if (level <= OR && cursor.isKeyword('OR')) {
      left = parseChain(cursor, left, 'OR', OR);
    } else return left;
  }
}

/** AND and OR chains are flat in the tree. */
function parseChain(cursor: Cursor, first: Expression, keyword: 'AND' | 'OR', level: number): Expression {
  const operands = [first];
  while (cursor.takeKeyword(keyword)) operands.push(parseOperand(cursor, level + 1));
  const span = cursor.spanFrom(first.span.start);
  return keyword === 'AND' ? { kind: 'AndExpression', span, operands } : { kind: 'OrExpression', span, operands };
}

function binaryOperatorAt(cursor: Cursor): BinaryOperator | undefined {
  const { token } = cursor;
  if (token.kind !== 'symbol') return undefined;
  if (token.text === '>' && cursor.isShiftRight()) return '>>';
  return token.text in BINARY ? (token.text as BinaryOperator) : undefined;
}

function takeBinaryOperator(cursor: Cursor, operator: BinaryOperator): void {
  cursor.advance();
  if (operator === '>>') cursor.advance();
}

function isComparison(cursor: Cursor): boolean {
  const { token } = cursor;
  if (token.kind === 'symbol') return token.text in COMPARISONS;
  switch (token.keyword) {
    case 'LIKE':
    case 'IN':
    case 'BETWEEN':
    case 'IS':
      return true;
    case 'NOT':
      return ['LIKE', 'IN', 'BETWEEN'].includes(cursor.peek().keyword);
    default:
      return false;
  }
}

/** Comparisons do not chain. Google only gives advice where the one before ends in a parenthesis or a literal, as IN and IS do. */
function failNotAssociative(cursor: Cursor, before: Expression): never {
  const token = cursor.isKeyword('NOT') ? cursor.peek() : cursor.token;
  if (!['InExpression', 'IsExpression', 'QuantifiedComparison'].includes(before.kind)) cursor.failUnexpected();
  const isQuantified = ['ANY', 'SOME', 'ALL'].includes(cursor.peek().keyword);
  const comparison = isQuantified ? 'the comparison operator' : 'comparison';
  const what = token.kind === 'symbol' ? comparison : token.keyword;
  return cursor.fail(`Expression to the left of ${what} must be parenthesized`, token.start);
}

function parseComparison(cursor: Cursor, operand: Expression): Expression {
  const start = operand.span.start;
  const symbol = cursor.token.kind === 'symbol' ? COMPARISONS[cursor.token.text] : undefined;
  if (symbol !== undefined) {
    cursor.advance();
    return parseQuantified(cursor, operand, symbol, false) ?? finishBinary(cursor, operand, symbol);
  }
  const isNot = cursor.takeKeyword('NOT');
  if (cursor.takeKeyword('IS')) return parseIs(cursor, operand);
  if (cursor.takeKeyword('BETWEEN')) return parseBetween(cursor, operand, isNot);
  if (cursor.takeKeyword('IN')) {
    const source = parseValueSource(cursor);
    return { kind: 'InExpression', span: cursor.spanFrom(start), operand, source, isNot };
  }
  cursor.expectKeyword('LIKE');
  const quantified = parseQuantified(cursor, operand, 'LIKE', isNot);
  if (quantified) return quantified;
  const pattern = parseOperand(cursor, COMPARISON + 1);
  return { kind: 'LikeExpression', span: cursor.spanFrom(start), operand, pattern, isNot };
}

function finishBinary(cursor: Cursor, left: Expression, operator: ComparisonOperator): Expression {
  const right = parseOperand(cursor, COMPARISON + 1);
  return { kind: 'BinaryExpression', span: cursor.spanFrom(left.span.start), operator, left, right };
}

function parseIs(cursor: Cursor, operand: Expression): Expression {
  const start = operand.span.start;
  const isNot = cursor.takeKeyword('NOT');
  if (cursor.takeKeyword('DISTINCT')) {
    cursor.expectKeyword('FROM');
    const right = parseOperand(cursor, COMPARISON + 1);
    return { kind: 'IsDistinctExpression', span: cursor.spanFrom(start), left: operand, right, isNot };
  }
  const test = cursor.token.keyword;
  if (test !== 'NULL' && test !== 'TRUE' && test !== 'FALSE' && test !== 'UNKNOWN') {
    return isNot ? cursor.failExpected('keyword FALSE or keyword NULL or keyword TRUE or keyword UNKNOWN') : cursor.failUnexpected();
  }
  cursor.advance();
  return { kind: 'IsExpression', span: cursor.spanFrom(start), operand, test, isNot };
}

function parseBetween(cursor: Cursor, operand: Expression, isNot: boolean): Expression {
  if (cursor.isKeyword('NOT')) cursor.fail('Expression in BETWEEN must be parenthesized');
  const low = parseOperand(cursor, COMPARISON + 1);
  if (isComparison(cursor)) cursor.fail('Expression in BETWEEN must be parenthesized', low.span.start);
  if (!cursor.takeKeyword('AND')) cursor.failUnexpected();
  const high = parseOperand(cursor, COMPARISON + 1);
  return { kind: 'BetweenExpression', span: cursor.spanFrom(operand.span.start), operand, low, high, isNot };
}

/** `ANY (…)`, `SOME (…)`, `ALL (…)` after LIKE or a comparison; a hint may stand between. */
function parseQuantified(
  cursor: Cursor,
  operand: Expression,
  operator: 'LIKE' | ComparisonOperator,
  isNot: boolean,
): Expression | undefined {
  const { keyword } = cursor.token;
  if (keyword !== 'ANY' && keyword !== 'SOME' && keyword !== 'ALL') return undefined;
  cursor.advance();
  refuseHint(cursor);
  const source = parseValueSource(cursor);
  const quantifier = keyword === 'ALL' ? 'ALL' : 'ANY';
  return { kind: 'QuantifiedComparison', span: cursor.spanFrom(operand.span.start), operand, operator, quantifier, source, isNot };
}

/** A hint may stand before a subquery only. */
function refuseHint(cursor: Cursor): void {
  const { start } = cursor.token;
  if (!parseHint(cursor)) return;
  const what = cursor.isKeyword('UNNEST') ? 'UNNEST' : 'value list';
  if (what === 'UNNEST' || !isQueryInside(cursor)) cursor.fail(`HINTs cannot be specified on ANY/SOME/ALL clause with ${what}`, start);
}

/** What IN and LIKE ANY look into: `UNNEST(array)`, `(query)`, or `(a, b)`. */
function parseValueSource(cursor: Cursor): ValueSource {
  const start = cursor.token.start;
  if (cursor.takeKeyword('UNNEST')) {
    cursor.expectSymbol('(');
    refuseQuery(cursor, 'The argument to UNNEST is an expression');
    const expression = parseExpression(cursor);
    cursor.expectSymbol(')');
    return { kind: 'UnnestExpression', span: cursor.spanFrom(start), expression };
  }
  if (!cursor.isSymbol('(')) cursor.failUnexpected();
  const inside = parseParenthesis(cursor);
  if (inside.kind === 'query') return inside.query;
  return { kind: 'ExpressionList', span: cursor.spanFrom(start), expressions: inside.expressions };
}
