import type { Argument, Expression, FunctionCall, HavingModifier, Hint, Identifier, Lambda, NamedArgument, PathExpression } from './ast.ts';
import type { OrderBy, WindowSpecification } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { refuseQuery } from './parse-conditional.ts';
import { parseExpression } from './parse-expression.ts';
import { isName, parseAsAlias, parseIdentifier, parseObjectPath } from './parse-name.ts';
import { parseHint } from './parse-option.ts';
import { parseOrderBy } from './parse-order.ts';
import { parseOver } from './parse-window.ts';

/** `path(…)` with all that an aggregate or window function may say; the parenthesis under the cursor. */
export function parseCall(cursor: Cursor, path: PathExpression): FunctionCall {
  const { name, isSafe } = splitSafe(path);
  return cursor.nested(() => parseCallOf(cursor, path.span.start, name, isSafe, undefined));
}

/** `receiver.name(…)`. */
export function parseChainedCall(cursor: Cursor, receiver: Expression, path: PathExpression): FunctionCall {
  const { name, isSafe } = splitSafe(path);
  return cursor.nested(() => parseCallOf(cursor, receiver.span.start, name, isSafe, receiver));
}

/** `SAFE.f` is f, called safely. */
function splitSafe(path: PathExpression): { readonly name: PathExpression; readonly isSafe: boolean } {
  const [first] = path.names;
  const isSafe = path.names.length > 1 && first?.isQuoted === false && first.name.toUpperCase() === 'SAFE';
  return { name: isSafe ? { ...path, names: path.names.slice(1) } : path, isSafe };
}

function parseCallOf(cursor: Cursor, start: number, path: PathExpression, isSafe: boolean, receiver: Expression | undefined): FunctionCall {
  cursor.expectSymbol('(');
  const isDistinct = cursor.takeKeyword('DISTINCT');
  const given = parseArguments(cursor);
  const nullHandling = parseNullHandling(cursor);
  const where = cursor.takeKeyword('WHERE') ? parseExpression(cursor) : undefined;
  const having = parseHavingModifier(cursor);
  const groupBy = parseInnerGroupBy(cursor);
  const orderBy: OrderBy | undefined = cursor.isKeyword('ORDER') ? parseOrderBy(cursor) : undefined;
  const limit = cursor.takeKeyword('LIMIT') ? parseExpression(cursor) : undefined;
  cursor.expectSymbol(')');
  const hint: Hint | undefined = parseHint(cursor);
  const over: WindowSpecification | undefined = parseOver(cursor);
  return {
    kind: 'FunctionCall',
    span: cursor.spanFrom(start),
    function: path,
    isSafe,
    isChained: receiver !== undefined,
    isDistinct,
    arguments: receiver ? [receiver, ...given] : given,
    nullHandling,
    where,
    groupBy,
    having,
    orderBy,
    limit,
    hint,
    over,
  };
}

/** Words that may follow the arguments; an argument list may be empty before them. */
const MODIFIERS: ReadonlySet<string> = new Set(['IGNORE', 'RESPECT', 'WHERE', 'HAVING', 'GROUP', 'ORDER', 'LIMIT']);

function parseArguments(cursor: Cursor): Argument[] {
  if (cursor.isSymbol(')') || MODIFIERS.has(cursor.token.keyword)) return [];
  if (!cursor.isSymbol('*')) return cursor.list(parseArgument);
  const { start, end } = cursor.advance();
  const star: Argument = { kind: 'Star', span: { start, end } };
  return cursor.takeSymbol(',') ? [star, ...cursor.list(parseArgument)] : [star];
}

export function parseArgument(cursor: Cursor): Argument {
  const value = parsePlainArgument(cursor);
  const alias = isExpression(value) ? parseAsAlias(cursor) : undefined;
  return alias ? { kind: 'SelectAsAlias', span: cursor.spanFrom(value.span.start), value: value as Expression, alias } : value;
}

/** An argument without an alias: those of table functions and procedures take none. */
export function parsePlainArgument(cursor: Cursor): Argument {
  refuseQuery(cursor, 'Each function argument is an expression');
  if (isName(cursor.token) && cursor.isSymbolAt(1, '=>')) return parseNamedArgument(cursor, parseArgument);
  const { start } = cursor.token;
  if (cursor.isKeyword('MODEL') && isName(cursor.peek())) {
    cursor.advance();
    const model = parseObjectPath(cursor);
    return { kind: 'ModelArgument', span: cursor.spanFrom(start), model };
  }
  if (cursor.isKeyword('TABLE') && isName(cursor.peek())) {
    cursor.advance();
    const table = parseObjectPath(cursor);
    return { kind: 'TableArgument', span: cursor.spanFrom(start), table };
  }
  if (cursor.isSymbol('(') && cursor.isSymbolAt(1, ')')) return parseLambdaWithoutParameters(cursor);
  const value = parseExpression(cursor);
  return cursor.isSymbol('->') ? parseLambda(cursor, value) : value;
}

const isExpression = ({ kind }: Argument): boolean =>
  kind !== 'NamedArgument' && kind !== 'Lambda' && kind !== 'ModelArgument' && kind !== 'TableArgument';

/** `name => value`; what a value may be depends on the kind of call. */
export function parseNamedArgument(cursor: Cursor, parseValue: (cursor: Cursor) => Argument): NamedArgument {
  const name = parseIdentifier(cursor);
  cursor.expectSymbol('=>');
  const value = parseValue(cursor);
  return { kind: 'NamedArgument', span: cursor.spanFrom(name.span.start), name, value };
}

/** The parameters were read as an expression: a name or a tuple of names. */
function parseLambda(cursor: Cursor, parameters: Expression): Lambda {
  const names = toLambdaParameters(parameters);
  if (!names) cursor.fail('Expecting lambda argument list', parameters.span.start);
  cursor.expectSymbol('->');
  const body = parseExpression(cursor);
  return { kind: 'Lambda', span: cursor.spanFrom(parameters.span.start), parameters: names, body };
}

function toLambdaParameters(expression: Expression): Identifier[] | undefined {
  if (expression.kind === 'PathExpression') return expression.names.length === 1 ? [...expression.names] : undefined;
  if (expression.kind !== 'StructConstructor' || !expression.isTuple) return undefined;
  const names = expression.fields.map(({ value }) => toLambdaParameters(value)?.[0]);
  return names.every((name) => name !== undefined) ? names : undefined;
}

function parseLambdaWithoutParameters(cursor: Cursor): Lambda {
  const { start } = cursor.advance();
  cursor.advance();
  cursor.expectSymbol('->');
  const body = parseExpression(cursor);
  return { kind: 'Lambda', span: cursor.spanFrom(start), parameters: [], body };
}

function parseNullHandling(cursor: Cursor): 'IGNORE' | 'RESPECT' | undefined {
  const { keyword } = cursor.token;
  if (keyword !== 'IGNORE' && keyword !== 'RESPECT') return undefined;
  cursor.advance();
  cursor.expectKeyword('NULLS');
  return keyword;
}

function parseHavingModifier(cursor: Cursor): HavingModifier | undefined {
  if (!cursor.isKeyword('HAVING')) return undefined;
  const { start } = cursor.advance();
  const bound = cursor.token.keyword;
  if (bound !== 'MAX' && bound !== 'MIN') cursor.failExpected('keyword MAX or keyword MIN');
  cursor.advance();
  const expression = parseExpression(cursor);
  return { kind: 'HavingModifier', span: cursor.spanFrom(start), bound, expression };
}

/** `SUM(AVG(x) GROUP BY y)`: an aggregation of aggregations. */
function parseInnerGroupBy(cursor: Cursor): Expression[] {
  if (!cursor.takeKeyword('GROUP')) return [];
  parseHint(cursor);
  cursor.expectKeyword('BY');
  return cursor.list(parseExpression);
}
