import type { Expression } from '../syntax/ast.ts';
import type { Pivot, PivotExpression, PivotValue } from '../syntax/ast-query.ts';
import type { TypedAggregate } from './analyze-aggregate.ts';
import { callWith } from './analyze-call.ts';
import { analyzeExpression } from './analyze-expression.ts';
import type { QueryContext } from './analyze-query.ts';
import { columnReference, conjunction } from './build-expression.ts';
import { resolveHavingExtremes } from './having-extreme.ts';
import { columnsRead } from './map-tree.ts';
import type { NamedRelation } from './query-output.ts';
import type { ComputedColumn, ResolvedExpression } from './resolved-tree.ts';
import { tableNames, withParent } from './scope.ts';
import { separateColumns } from './separate-columns.ts';

type PivotAggregate = { readonly call: TypedAggregate; readonly alias: string | undefined };

/** PIVOT as grouping: every other column is a key; each aggregate counts, per value, only the rows of that value. */
export function analyzePivot(node: Pivot, alias: string | undefined, given: NamedRelation, context: QueryContext): NamedRelation {
  const { analysis } = context;
  const input = separateColumns(given, analysis);
  const scope = withParent(input.names, context.outer);
  const aggregates = node.aggregates.map((a) => pivotAggregate(a, scope, context));
  const forValue = analyzeExpression(node.forExpression, { analysis, scope, clause: 'PIVOT FOR clause' });
  const read = columnsRead([forValue, aggregates.map((a) => a.call)]);
  const keys = input.names.columns.filter((c) => !c.isHidden && ![...columnsRead([c.expression])].some((id) => read.has(id)));
  const groupBy = keys.map(({ name, expression }): ComputedColumn => ({ column: analysis.column(name, expression.type), expression }));
  const computed = node.values.flatMap((value) => {
    const constant = analyzeExpression(value.value, { analysis, scope: context.outer, clause: 'PIVOT IN clause' });
    const condition = callWith('$is_not_distinct', [forValue, constant], value, { analysis, scope, clause: 'PIVOT IN clause' });
    return aggregates.map((a) => pivotColumn(a, value, condition, context));
  });
  const columns = [...groupBy, ...computed].map(({ column }) => ({ name: column.name, expression: columnReference(column) }));
  const relation = resolveHavingExtremes({ kind: 'aggregate', input: input.relation, groupBy, aggregates: computed }, analysis);
  return { relation, names: tableNames(alias, columns) };
}

function pivotAggregate(node: PivotExpression, scope: ReturnType<typeof withParent>, { analysis }: QueryContext): PivotAggregate {
  let found: TypedAggregate | undefined;
  const add = (call: TypedAggregate): ResolvedExpression => {
    found = call;
    return columnReference(analysis.column('aggregate', call.type));
  };
  const expression = analyzeExpression(node.expression, { analysis, scope, clause: 'PIVOT clause', aggregates: { scope, add } });
  if (!found || expression.kind !== 'column') throw analysis.error(node, 'PIVOT expression must be an aggregate function call');
  return { call: found, alias: node.alias?.name };
}

function pivotColumn(
  { call, alias }: PivotAggregate,
  value: PivotValue,
  condition: ResolvedExpression,
  { analysis }: QueryContext,
): ComputedColumn {
  const valueName = value.alias?.name ?? valueText(value.value);
  if (valueName === undefined) throw analysis.error(value, 'PIVOT value must have an alias: it has no name of its own');
  const where = call.where ? conjunction([call.where, condition]) : condition;
  const column = analysis.column(alias ? `${alias}_${valueName.replace(/^_(?=\d)/, '')}` : valueName, call.type);
  return { column, expression: { ...call, where } };
}

/** The name a value gives its column without AS. */
function valueText(node: Expression): string | undefined {
  switch (node.kind) {
    case 'StringLiteral':
      return node.value;
    case 'IntLiteral':
      return `_${node.image}`;
    case 'NumericLiteral':
      return `_${node.value.replace('.', '_point_')}`;
    case 'NullLiteral':
      return 'NULL';
    case 'BooleanLiteral':
      return String(node.value);
    case 'DateOrTimeLiteral':
      return `_${node.value.replace(/\W/g, '_')}`;
    case 'UnaryExpression':
      return node.operator === '-' ? valueText(node.operand)?.replace(/^_/, 'minus_') : undefined;
    case 'StructConstructor': {
      const parts = node.fields.map((f) => valueText(f.value));
      return parts.every((p) => p !== undefined) ? parts.join('_') : undefined;
    }
    case 'PathExpression':
      return node.names.at(-1)!.name;
    default:
      return undefined;
  }
}
