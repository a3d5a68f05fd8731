import { closestFunctionName } from '../functions/function-table.ts';
import type { Expression, FunctionCall } from '../syntax/ast.ts';
import { typeText } from '../types/sql-type.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { internalCall } from './build-expression.ts';
import type { JavaScriptFunction, SqlFunction } from './catalog.ts';
import { coerce } from './coerce.ts';
import { type ExpressionContext, insideAggregate } from './expression-context.ts';
import { parseBodyExpression } from './parse-body.ts';
import type { ResolvedExpression } from './resolved-tree.ts';
import { lower } from './scope.ts';
import { splitPath } from './split-path.ts';
import { checkExpandedSize } from './tree-size.ts';

/** What stands for no value in a call; none of it may be given to a user-defined function. */
const NO_VALUES: ReadonlySet<string> = new Set([
  'ConnectionArgument',
  'DescriptorArgument',
  'Lambda',
  'ModelArgument',
  'NamedArgument',
  'Query',
  'SelectAsAlias',
  'Star',
  'TableArgument',
]);

/** A call of a function that is not in the library: the catalogue's, or an error with the nearest name. */
export function callRoutine(node: FunctionCall, context: ExpressionContext): ResolvedExpression {
  const { analysis } = context;
  const path = splitPath(node.function);
  const routine = analysis.options.catalog.findRoutine(path, analysis.options.defaults);
  if (!routine || routine.kind === 'table') throw functionNotFound(node, path, context);
  const values = node.arguments.map((a): Expression => {
    if (NO_VALUES.has(a.kind)) throw analysis.unsupported(a, `${a.kind} in a call of a user-defined function`);
    return a as Expression;
  });
  const inner = routine.kind === 'sql' && routine.isAggregate ? insideAggregate(context) : context;
  const args = checkedArguments(node, values, routine, inner);
  const call =
    routine.kind === 'sql'
      ? expandFunction(node, routine, args, context)
      : internalCall(routine.name, args, routine.returns, routine.toSql);
  return node.isSafe ? internalCall('SAFE', [call], call.type, ([sql]) => `list_extract(TRY([${sql}]), 1)`) : call;
}

function functionNotFound(node: FunctionCall, path: readonly string[], { analysis }: ExpressionContext): Error {
  const hint = closestFunctionName(path.join('.'));
  return analysis.error(node, `Function not found: ${path.join('.')}${hint ? `; Did you mean ${hint}?` : ''}`);
}

function checkedArguments(
  node: FunctionCall,
  values: readonly Expression[],
  routine: SqlFunction | JavaScriptFunction,
  context: ExpressionContext,
): ResolvedExpression[] {
  const args = values.map((v) => analyzeExpression(v, context));
  const { parameters } = routine;
  const complaint = (): Error => {
    const wanted = parameters.map((p) => (p.type ? typeText(p.type) : 'ANY TYPE')).join(', ');
    const types = args.map((a) => typeText(a.type)).join(', ');
    return context.analysis.error(
      node,
      `No matching signature for function ${routine.name}\n  Argument types: ${types}\n  Signature: ${routine.name}(${wanted})`,
    );
  };
  if (args.length !== parameters.length) throw complaint();
  return args.map((argument, i) => {
    const { type } = parameters[i]!;
    return type ? coerce(context.analysis, values[i]!, argument, type, complaint().message.replace(/ at \[\d+:\d+\]$/, '')) : argument;
  });
}

function expandFunction(
  node: FunctionCall,
  routine: SqlFunction,
  args: readonly ResolvedExpression[],
  context: ExpressionContext,
): ResolvedExpression {
  const { expression, text } = parseBodyExpression(routine.body);
  const analysis = context.analysis.expand(text, routine.defaults, node);
  const aliases = new Map(routine.parameters.map((p, i) => [lower(p.name), args[i]!]));
  const scope = { columns: [], ranges: new Map(), aliases };
  if (routine.isAggregate) context.aggregates?.demand?.();
  const aggregates = routine.isAggregate && context.aggregates ? { add: context.aggregates.add, scope } : undefined;
  const body = analyzeExpression(expression, { analysis, scope, clause: `the body of ${routine.name}`, aggregates });
  const expanded = routine.returns ? coerce(analysis, expression, body, routine.returns) : body;
  return checkExpandedSize(expanded, node, context.analysis);
}
