import type { Expression, IsExpression, Parameter, SystemVariable, WithExpression } from '../syntax/ast.ts';
import { BOOL, INT64, typeText } from '../types/sql-type.ts';
import { analyzeAccess } from './analyze-access.ts';
import { analyzeCall, callBuiltin } from './analyze-call.ts';
import { analyzeCase } from './analyze-case.ts';
import { analyzeCast } from './analyze-cast.ts';
import { analyzeArray, analyzeStruct } from './analyze-constructor.ts';
import { analyzeExtract, analyzeInterval } from './analyze-date-part.ts';
import { analyzeIn, analyzeQuantified } from './analyze-in.ts';
import { analyzeLiteral } from './analyze-literal.ts';
import { analyzePath } from './analyze-path.ts';
import { analyzeSubquery } from './analyze-subquery.ts';
import { conjunction, internalCall } from './build-expression.ts';
import { refuseNullOperands } from './check-operands.ts';
import { coerce } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import { parameterExpression } from './parameter.ts';
import type { ResolvedExpression } from './resolved-tree.ts';
import { lower } from './scope.ts';
import { checkExpandedSize } from './tree-size.ts';

/** Resolves names and types of one expression. */
export function analyzeExpression(node: Expression, context: ExpressionContext): ResolvedExpression {
  switch (node.kind) {
    case 'PathExpression':
      return analyzePath(node, context);
    case 'DotIdentifier':
    case 'ArrayElement':
      return analyzeAccess(node, context);
    case 'Parameter':
      return analyzeParameter(node, context);
    case 'SystemVariable':
      return analyzeSystemVariable(node, context);
    case 'UnaryExpression':
      return analyzeUnary(node, context);
    case 'BinaryExpression':
      return callBuiltin(OPERATORS[node.operator]!, [node.left, node.right], node, context);
    case 'AndExpression':
      return conjunction(node.operands.map((o) => analyzeCondition(o, context, 'AND')));
    case 'OrExpression':
      return internalCall(
        'OR',
        node.operands.map((o) => analyzeCondition(o, context, 'OR')),
        BOOL,
        (args) => `(${args.join(' OR ')})`,
      );
    case 'IsExpression':
      return analyzeIs(node, context);
    case 'IsDistinctExpression':
      return callBuiltin(node.isNot ? '$is_not_distinct' : '$is_distinct', [node.left, node.right], node, context);
    case 'LikeExpression':
      return negate(callBuiltin('$like', [node.operand, node.pattern], node, context), node.isNot);
    case 'BetweenExpression':
      return negate(callBuiltin('$between', [node.operand, node.low, node.high], node, context), node.isNot);
    case 'InExpression':
      return negate(analyzeIn(node, context), node.isNot);
    case 'QuantifiedComparison':
      return analyzeQuantified(node, context);
    case 'CaseExpression':
      return analyzeCase(node, context);
    case 'CastExpression':
      return analyzeCast(node, context);
    case 'ExtractExpression':
      return analyzeExtract(node, context);
    case 'IntervalExpression':
      return analyzeInterval(node, context);
    case 'ArrayConstructor':
      return analyzeArray(node, context);
    case 'StructConstructor':
      return analyzeStruct(node, context);
    case 'ExpressionSubquery':
      return analyzeSubquery(node, context);
    case 'FunctionCall':
      return analyzeCall(node, context);
    case 'WithExpression':
      return analyzeWith(node, context);
    case 'DefaultLiteral':
      throw context.analysis.error(node, 'DEFAULT is not allowed here');
    default:
      return analyzeLiteral(node, context);
  }
}

const OPERATORS: Readonly<Record<string, string>> = {
  '=': '$equal',
  '!=': '$not_equal',
  '<': '$less',
  '<=': '$less_or_equal',
  '>': '$greater',
  '>=': '$greater_or_equal',
  '+': '$add',
  '-': '$subtract',
  '*': '$multiply',
  '/': '$divide',
  '||': '$concat',
  '|': '$bitwise_or',
  '&': '$bitwise_and',
  '^': '$bitwise_xor',
  '<<': '$shift_left',
  '>>': '$shift_right',
};

/** A condition of a clause: must be BOOL. `what` names the clause in the message: `WHERE clause`. */
export function analyzeCondition(node: Expression, context: ExpressionContext, what: string): ResolvedExpression {
  const condition = analyzeExpression(node, context);
  const message = /^[A-Z]+$/.test(what)
    ? `No matching signature for operator ${what} for argument types: ${typeText(condition.type)}`
    : `${what} should return type BOOL, but returns ${typeText(condition.type)}`;
  return coerce(context.analysis, node, condition, BOOL, message);
}

export const negate = (condition: ResolvedExpression, isNot: boolean): ResolvedExpression =>
  isNot ? internalCall('NOT', [condition], BOOL, ([value]) => `(NOT ${value})`) : condition;

function analyzeUnary(node: Extract<Expression, { kind: 'UnaryExpression' }>, context: ExpressionContext): ResolvedExpression {
  const { operand, operator } = node;
  if (operator === 'NOT') refuseNullOperands('NOT', [operand], context.analysis);
  if (operator === 'NOT') return negate(analyzeCondition(operand, context, 'NOT'), true);
  if (operator === '-' && operand.kind === 'IntLiteral') return analyzeLiteral({ ...operand, image: `-${operand.image}` }, context);
  if (operator === '-' && operand.kind === 'FloatLiteral') return analyzeLiteral({ ...operand, image: `-${operand.image}` }, context);
  return callBuiltin({ '-': '$unary_minus', '+': '$unary_plus', '~': '$bitwise_not' }[operator], [operand], node, context);
}

function analyzeIs(node: IsExpression, context: ExpressionContext): ResolvedExpression {
  if (node.test === 'NULL') {
    const operand = analyzeExpression(node.operand, context);
    return internalCall(
      `IS ${node.isNot ? 'NOT ' : ''}NULL`,
      [operand],
      BOOL,
      ([value]) => `(${value} IS ${node.isNot ? 'NOT ' : ''}NULL)`,
    );
  }
  const operand = analyzeCondition(node.operand, context, 'IS');
  const test = node.test === 'UNKNOWN' ? 'NULL' : node.test;
  return internalCall(`IS ${test}`, [operand], BOOL, ([value]) => `(${value} IS ${node.isNot ? 'NOT ' : ''}${test})`);
}

function analyzeParameter(node: Parameter, { analysis }: ExpressionContext): ResolvedExpression {
  const parameters = analysis.options.parameters ?? [];
  const found =
    node.name === undefined ? parameters[(node.position ?? 1) - 1] : parameters.find((p) => lower(p.name ?? '') === lower(node.name!));
  if (!found && analysis.options.infersParameters)
    return { kind: 'literal', value: null, isUntyped: true, type: INT64, undeclared: node.name ?? node.position ?? 1 };
  if (!found && node.name === undefined) throw analysis.error(node, `Query parameter number ${node.position} is not defined`);
  if (!found) throw analysis.error(node, `Query parameter '${node.name}' not found`);
  return parameterExpression(found, node, analysis);
}

function analyzeSystemVariable(node: SystemVariable, { analysis }: ExpressionContext): ResolvedExpression {
  const name = node.names.map((n) => n.name).join('.');
  const found = analysis.options.systemVariables?.find((v) => lower(v.name) === lower(name));
  if (!found) throw analysis.error(node, `Unrecognized system variable: @@${name}`);
  return { kind: 'sql', sql: found.duckSql, type: found.type };
}

function analyzeWith(node: WithExpression, context: ExpressionContext): ResolvedExpression {
  let { scope } = context;
  for (const { name, value } of node.variables) {
    const expression = checkExpandedSize(analyzeExpression(value, { ...context, scope }), value, context.analysis);
    scope = { columns: [], ranges: new Map(), parent: scope, aliases: new Map([[lower(name.name), expression]]) };
  }
  return analyzeExpression(node.body, { ...context, scope });
}
