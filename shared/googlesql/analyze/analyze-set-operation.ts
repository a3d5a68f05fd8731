import type { Identifier, Node } from '../syntax/ast.ts';
import type { SetOperationShape } from '../syntax/ast-query.ts';
import { type SqlType, typeText } from '../types/sql-type.ts';
import type { QueryContext } from './analyze-query.ts';
import { columnReference, nullOf } from './build-expression.ts';
import { commonType, convert, isCoercible } from './coerce.ts';
import type { OutputColumn, ResolvedExpression, ResolvedQuery } from './resolved-tree.ts';
import { lower } from './scope.ts';
import { refuses } from './type-traits.ts';

type Operation = Node & SetOperationShape;

/** One row per output column, one entry per input; undefined where BY NAME fills with NULL. */
type Matched = readonly { readonly name: string; readonly sources: readonly (OutputColumn | undefined)[] }[];

export function analyzeSetOperation(node: Operation, queries: readonly ResolvedQuery[], context: QueryContext): ResolvedQuery {
  return setTypes(node, queries, context);
}

export function setTypes(node: Operation, queries: readonly ResolvedQuery[], context: QueryContext): ResolvedQuery {
  const { analysis } = context;
  const visible = queries.map((q) => q.columns.filter((c) => !c.isPseudo));
  const matched = matchColumns(node, visible, context);
  const title = `${node.operator} ${node.quantifier}`;
  const columns: OutputColumn[] = [];
  const rows = matched.map(({ name, sources }, i) => {
    const operands = sources.map((s) => s && operandOfColumn(s, queries));
    const present = operands.filter((o) => o !== undefined);
    const type = commonType(present);
    if (!type || !present.every((o) => isCoercible(o, type))) {
      const types = sources.map((s) => (s ? typeText(s.column.type) : 'NULL')).join(', ');
      throw analysis.error(node, `Column ${i + 1} in ${title} has incompatible types: ${types}`);
    }
    const refused = node.quantifier === 'DISTINCT' || node.operator !== 'UNION' ? refuses('group', type) : undefined;
    if (refused)
      throw analysis.error(node, `Column ${i + 1} in ${title} has type that does not support set operation comparisons: ${refused}`);
    columns.push({ name, column: analysis.column(name, type) });
    return operands.map((o, k) => converted(o, sources[k], type));
  });
  const inputs = queries.map((query, k) => ({ relation: query.relation, expressions: rows.map((row) => row[k]!) }));
  const relation = {
    kind: 'set',
    operator: node.operator,
    isAll: node.quantifier === 'ALL',
    inputs,
    columns: columns.map((c) => c.column),
  } as const;
  return { relation, columns, isValueTable: queries.every((q) => q.isValueTable) };
}

const converted = (operand: ResolvedExpression | undefined, source: OutputColumn | undefined, type: SqlType): ResolvedExpression => {
  if (!operand || !source) return nullOf(type);
  return operand.kind === 'literal' || operand.kind === 'struct' ? convert(operand, type) : convert(columnReference(source.column), type);
};

/** A column whose value is a literal coerces like one: `SELECT NULL UNION ALL SELECT DATE …`. */
function operandOfColumn(source: OutputColumn, queries: readonly ResolvedQuery[]): ResolvedExpression {
  for (const { relation } of queries) {
    if (relation.kind !== 'project') continue;
    const computed = relation.computed.find((c) => c.column.id === source.column.id);
    if (computed && isConstant(computed.expression)) return computed.expression;
  }
  return columnReference(source.column);
}

const isConstant = (expression: ResolvedExpression): boolean =>
  expression.kind === 'literal' ||
  (expression.kind === 'array' && !expression.isTyped && !expression.elements.length) ||
  (expression.kind === 'struct' && expression.fields.length > 0 && expression.fields.every(isConstant));

function matchColumns(node: Operation, inputs: readonly (readonly OutputColumn[])[], context: QueryContext): Matched {
  if (node.columnMatch === 'POSITION') return matchByPosition(node, inputs, context);
  const names = matchedNames(node, inputs, context);
  return names.map((name) => ({
    name,
    sources: inputs.map((columns) => columns.find((c) => lower(c.name) === lower(name))),
  }));
}

function matchByPosition(node: Operation, inputs: readonly (readonly OutputColumn[])[], { analysis }: QueryContext): Matched {
  const [first, ...others] = inputs as [readonly OutputColumn[], ...(readonly OutputColumn[])[]];
  for (const [k, columns] of others.entries()) {
    if (columns.length === first.length) continue;
    const title = `${node.operator} ${node.quantifier}`;
    const count = (n: number): string => `${n} column${n === 1 ? '' : 's'}`;
    const sizes = `query 1 has ${count(first.length)}, query ${k + 2} has ${count(columns.length)}`;
    throw analysis.error(node, `Queries in ${title} have mismatched column count; ${sizes}`);
  }
  return first.map((column, i) => ({ name: column.name, sources: inputs.map((columns) => columns[i]) }));
}

/** Which names come out of BY NAME and CORRESPONDING, in the order of first mention. */
function matchedNames(node: Operation, inputs: readonly (readonly OutputColumn[])[], { analysis }: QueryContext): string[] {
  if (node.matchColumns.length) return node.matchColumns.map((c: Identifier) => c.name);
  const has = (columns: readonly OutputColumn[], name: string): boolean => columns.some((c) => lower(c.name) === lower(name));
  const first = inputs[0]!.map((c) => c.name);
  if (node.outer === 'LEFT') return first;
  const all = inputs.flatMap((columns) => columns.map((c) => c.name));
  const distinct = all.filter((name, i) => all.findIndex((n) => lower(n) === lower(name)) === i);
  if (node.outer === 'FULL') return distinct;
  const shared = distinct.filter((name) => inputs.every((columns) => has(columns, name)));
  const isInner = node.outer === 'INNER' || (node.columnMatch === 'CORRESPONDING' && !node.isStrict);
  if (isInner) {
    if (!shared.length) throw analysis.error(node, `There are no common columns between the inputs of ${node.operator} ${node.quantifier}`);
    return first.filter((name) =>
      has(
        shared.map((n) => ({ name: n }) as OutputColumn),
        name,
      ),
    );
  }
  const odd = distinct.find((name) => !shared.includes(name));
  if (odd)
    throw analysis.error(node, `BY NAME requires that input queries have identical column names, but column ${odd} is not in all of them`);
  return first;
}
