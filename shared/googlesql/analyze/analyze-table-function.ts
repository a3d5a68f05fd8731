import type { Argument, Expression } from '../syntax/ast.ts';
import type { TableFunctionCall } from '../syntax/ast-query.ts';
import type { CteScope } from './analysis.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { type FromContext, namedQuery, sightOf } from './analyze-from.ts';
import { analyzeQuery } from './analyze-query.ts';
import { analyzeTablePath } from './analyze-table-path.ts';
import type { TableFunction } from './catalog.ts';
import { coerce } from './coerce.ts';
import { parseBodyQuery } from './parse-body.ts';
import { type NamedRelation, queryOfNames } from './query-output.ts';
import type { CteDefinition, ResolvedExpression, ResolvedQuery } from './resolved-tree.ts';
import { lower } from './scope.ts';
import { splitPath } from './split-path.ts';

/** A call of a user's table function: its query with the arguments in place. `piped` is the first table argument of a pipe's CALL. */
export function analyzeTableFunction(node: TableFunctionCall, context: FromContext, piped?: ResolvedQuery): NamedRelation {
  const { analysis } = context;
  const path = splitPath(node.function);
  const routine = analysis.options.catalog.findRoutine(path, analysis.options.defaults);
  if (!routine) throw analysis.unsupported(node, `Table function ${path.join('.')}`);
  if (routine.kind !== 'table') throw analysis.error(node, `Table-valued function not found: ${path.join('.')}`);
  const bound = bindArguments(routine, node, context, piped);
  const { query, text } = parseBodyQuery(routine.query);
  const inner = analysis.expand(text, routine.defaults, node);
  inner.ctes = bound.ctes;
  const body = analyzeQuery(query, { analysis: inner, outer: { columns: [], ranges: new Map(), aliases: bound.aliases } });
  const relation = bound.definitions.length ? ({ kind: 'with', ctes: bound.definitions, body: body.relation } as const) : body.relation;
  return namedQuery({ ...body, relation }, node.alias?.name ?? path.at(-1));
}

type Bound = { readonly aliases: Map<string, ResolvedExpression>; readonly ctes: CteScope; readonly definitions: CteDefinition[] };

function bindArguments(routine: TableFunction, node: TableFunctionCall, context: FromContext, piped: ResolvedQuery | undefined): Bound {
  const { analysis } = context;
  const wanted = routine.parameters.length - (piped ? 1 : 0);
  if (node.arguments.length !== wanted) {
    throw analysis.error(node, `Number of arguments does not match for table-valued function ${routine.name}`);
  }
  const aliases = new Map<string, ResolvedExpression>();
  const ctes = new Map<string, { definition: CteDefinition; query: ResolvedQuery }>();
  const rest = [...node.arguments];
  let pending = piped;
  for (const parameter of routine.parameters) {
    if (parameter.isTable) {
      const query = pending ?? tableArgument(rest.shift()!, context);
      pending = undefined;
      ctes.set(lower(parameter.name), { definition: { name: analysis.uniqueName(parameter.name), query }, query });
      continue;
    }
    const argument = rest.shift() as Expression;
    const value = analyzeExpression(argument, { analysis, scope: sightOf(context), clause: 'table function argument' });
    aliases.set(lower(parameter.name), parameter.type ? coerce(analysis, argument, value, parameter.type) : value);
  }
  return { aliases, ctes, definitions: [...ctes.values()].map((c) => c.definition) };
}

function tableArgument(node: Argument, context: FromContext): ResolvedQuery {
  if (node.kind === 'Query') return analyzeQuery(node, context);
  if (node.kind === 'ExpressionSubquery') return analyzeQuery(node.query, context);
  if (node.kind !== 'TableArgument') throw context.analysis.error(node, 'A table argument must be TABLE name or a subquery');
  const path = {
    kind: 'TablePathExpression',
    span: node.span,
    path: node.table,
    hint: undefined,
    alias: undefined,
    offset: undefined,
    systemTime: undefined,
  } as const;
  return queryOfNames(analyzeTablePath(path, context), context.analysis);
}
