import type { Expression, Identifier, Node } from '../syntax/ast.ts';
import type { TableExpression, TablePathExpression, WithOffset } from '../syntax/ast-query.ts';
import { INT64, type SqlType, typeText } from '../types/sql-type.ts';
import { analyzeField } from './analyze-access.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { type FromContext, sightOf } from './analyze-from.ts';
import { columnReference } from './build-expression.ts';
import type { NamedRelation } from './query-output.ts';
import type { Column, ResolvedExpression } from './resolved-tree.ts';
import { findName, lower, type Names, type Scope, valueNames } from './scope.ts';

/** An array that stands as a table: its elements are the rows. */
export type Unnested = { readonly array: ResolvedExpression; readonly element: Column; readonly offset?: Column; readonly names: Names };

/** What UNNEST(…) or an array path in FROM unnests; undefined for any other table. */
export function unnestOf(node: TableExpression, context: FromContext): Unnested | undefined {
  if (node.kind === 'UnnestTable') {
    const array = analyzeExpression(node.unnest.expression as Expression, {
      analysis: context.analysis,
      scope: sightOf(context),
      clause: 'UNNEST',
    });
    return unnested(array, node.alias?.name, node.offset, node, context);
  }
  if (node.kind !== 'TablePathExpression') return undefined;
  const array = arrayAtPath(node, context);
  return array && unnested(array, node.alias?.name ?? node.path.names.at(-1)!.name, node.offset, node, context);
}

function unnested(
  array: ResolvedExpression,
  alias: string | undefined,
  offset: WithOffset | undefined,
  node: Node,
  { analysis }: FromContext,
): Unnested {
  if (array.type.kind !== 'ARRAY') {
    throw analysis.error(node, `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${typeText(array.type)}`);
  }
  const element = analysis.column(alias ?? '', array.type.element);
  const names = valueNames(alias, columnReference(element));
  if (!offset) return { array, element, names };
  const column = analysis.column(offset.alias?.name ?? 'offset', INT64);
  const columns = [...names.columns, { name: column.name, expression: columnReference(column) }];
  return { array, element, offset: column, names: { ...names, columns } };
}

function rangeInSight(name: string, scope: Scope | undefined): boolean {
  for (let level = scope; level; level = level.parent) if (level.ranges.has(lower(name))) return true;
  return false;
}

/** A dataset may have the name of a column: only what is an array in the end is taken for one. */
function leadsToArray(type: SqlType, rest: readonly Identifier[]): boolean {
  const [next, ...others] = rest;
  if (!next) return type.kind === 'ARRAY';
  if (type.kind !== 'STRUCT') return false;
  const field = type.fields.find((f) => lower(f.name ?? '') === lower(next.name));
  return field !== undefined && leadsToArray(field.type, others);
}

/** `t.items` in FROM, where t is in sight: the array it leads to. A WITH name of one part comes first. */
function arrayAtPath(node: TablePathExpression, context: FromContext): ResolvedExpression | undefined {
  const { names } = node.path;
  if (names.length < 2) return undefined;
  const found = findName(
    names.map((n) => n.name),
    sightOf(context),
  );
  if (!found || found === 'ambiguous') return undefined;
  const rest = names.slice(found.used);
  const isRange = rangeInSight(names[0]!.name, sightOf(context));
  if (!isRange && !leadsToArray(found.expression.type, rest)) return undefined;
  const expressions = { analysis: context.analysis, scope: sightOf(context), clause: 'FROM clause' };
  return rest.reduce((operand, name) => analyzeField(operand, name, expressions), found.expression);
}

export function analyzeUnnest({ array, element, offset, names }: Unnested): NamedRelation {
  const arrays = [{ expression: array, column: element }];
  return { relation: { kind: 'unnest', arrays, isOuter: false, ...(offset && { offset }) }, names };
}
