import type { Identifier, Node } from '../syntax/ast.ts';
import type { SelectDotStar, SelectItem, SelectStar } from '../syntax/ast-query.ts';
import { typeText } from '../types/sql-type.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { fieldOf } from './build-expression.ts';
import type { ExpressionContext } from './expression-context.ts';
import { implicitAlias } from './implicit-alias.ts';
import type { ResolvedExpression } from './resolved-tree.ts';
import { lower, type NamedExpression, type Range, type Scope } from './scope.ts';

/** One column of a select list, stars expanded. `alias` is set where the text says AS. */
export type SelectedItem = {
  readonly name: string | undefined;
  readonly expression: ResolvedExpression;
  readonly node: Node;
  readonly hasAlias?: boolean;
};

export function analyzeSelectList(list: readonly SelectItem[], context: ExpressionContext, hasFrom: boolean): SelectedItem[] {
  return list.flatMap((item): SelectedItem[] => {
    if (item.kind === 'SelectStar') return expandStar(item, context, hasFrom);
    if (item.kind === 'SelectDotStar') return expandDotStar(item, context);
    const expression = analyzeExpression(item.expression, context);
    return [
      { name: item.alias?.name ?? implicitAlias(item.expression), expression, node: item.expression, hasAlias: item.alias !== undefined },
    ];
  });
}

function expandStar(node: SelectStar, context: ExpressionContext, hasFrom: boolean): SelectedItem[] {
  if (!hasFrom) throw context.analysis.error(node, 'SELECT * must have a FROM clause');
  return modifyStar(
    node,
    (context.scope as Scope).columns.filter((c) => !c.isHidden),
    context,
  );
}

function expandDotStar(node: SelectDotStar, context: ExpressionContext): SelectedItem[] {
  const range = rangeNamed(node, context);
  if (range)
    return modifyStar(
      node,
      range.columns.filter((c) => !c.isHidden),
      context,
    );
  const operand = analyzeExpression(node.operand, context);
  const { type } = operand;
  if (type.kind !== 'STRUCT') throw context.analysis.error(node, `Dot-star is not supported for type ${typeText(type)}`);
  const fields = type.fields.map((field, i) => ({ name: field.name ?? '', expression: fieldOf(operand, i) }));
  return modifyStar(node, fields, context);
}

function rangeNamed(node: SelectDotStar, context: ExpressionContext): Range | undefined {
  if (node.operand.kind !== 'PathExpression' || node.operand.names.length !== 1) return undefined;
  const name = lower(node.operand.names[0]!.name);
  for (let scope = context.scope; scope; scope = scope.parent) {
    const range = scope.ranges.get(name);
    if (range) return range;
    if (scope.columns.some((c) => lower(c.name) === name)) return undefined;
  }
  return undefined;
}

function modifyStar(node: SelectStar | SelectDotStar, columns: readonly NamedExpression[], context: ExpressionContext): SelectedItem[] {
  const known = new Set(node.except.length || node.replace.length ? columns.map((c) => lower(c.name)) : []);
  for (const name of node.except) assertIn(name, known, 'EXCEPT', context);
  for (const { alias } of node.replace) assertIn(alias, known, 'REPLACE', context);
  const excepted = new Set(node.except.map((n) => lower(n.name)));
  const kept = columns.filter((c) => !excepted.has(lower(c.name)));
  if (!kept.length && node.except.length) throw context.analysis.error(node, 'SELECT * expands to zero columns after applying EXCEPT');
  const replacements = new Map(node.replace.toReversed().map((r) => [lower(r.alias.name), r]));
  return kept.map(({ name, expression }) => {
    const replacement = replacements.get(lower(name));
    return { name, expression: replacement ? analyzeExpression(replacement.value, context) : expression, node };
  });
}

function assertIn(name: Identifier, known: ReadonlySet<string>, what: string, { analysis }: ExpressionContext): void {
  if (known.has(lower(name.name))) return;
  throw analysis.error(name, `Column ${name.name} in SELECT * ${what} list does not exist`);
}
