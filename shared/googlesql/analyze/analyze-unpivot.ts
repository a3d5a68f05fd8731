import type { PathExpression } from '../syntax/ast.ts';
import type { Unpivot, UnpivotItem } from '../syntax/ast-query.ts';
import { arrayOf, BOOL, STRING, type StructType, structField, structOf } from '../types/sql-type.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { analyzeLiteral } from './analyze-literal.ts';
import type { QueryContext } from './analyze-query.ts';
import { columnReference, fieldOf, internalCall, stringLiteral } from './build-expression.ts';
import { commonType, convert } from './coerce.ts';
import { columnsRead } from './map-tree.ts';
import type { NamedRelation } from './query-output.ts';
import type { ComputedColumn, Relation, ResolvedExpression } from './resolved-tree.ts';
import { tableNames, withParent } from './scope.ts';

type Row = { readonly values: readonly ResolvedExpression[]; readonly label: ResolvedExpression };

/** UNPIVOT as unnesting: each row holds an array of (values, label), one per item. Another name of a column that is read is gone too, as in ZetaSQL. */
export function analyzeUnpivot(node: Unpivot, alias: string | undefined, input: NamedRelation, context: QueryContext): NamedRelation {
  const { analysis } = context;
  const rows = node.items.map((item) => unpivotRow(item, input, context));
  const read = columnsRead(rows.map((r) => r.values));
  const type = rowType(node, rows, context);
  const elements = rows.map((row): ResolvedExpression => {
    const fields = [...row.values, row.label].map((value, i) => convert(value, type.fields[i]!.type));
    return { kind: 'struct', fields, type };
  });
  const array: ResolvedExpression = { kind: 'array', elements, isTyped: true, type: arrayOf(type) };
  const element = analysis.column('unpivoted', type);
  let relation: Relation = { kind: 'unnest', input: input.relation, arrays: [{ expression: array, column: element }], isOuter: false };
  const computed = type.fields.map((field, i): ComputedColumn => {
    const column = analysis.column(field.name ?? '', field.type);
    return { column, expression: fieldOf(columnReference(element), i) };
  });
  relation = { kind: 'project', input: relation, computed };
  const values = computed.slice(0, -1).map(({ column }) => columnReference(column));
  if (node.nullFilter !== 'INCLUDE') relation = { kind: 'filter', input: relation, condition: anyPresent(values) };
  const kept = input.names.columns.filter((c) => !c.isHidden && ![...columnsRead([c.expression])].some((id) => read.has(id)));
  const columns = [...kept, ...computed.map(({ column }) => ({ name: column.name, expression: columnReference(column) }))];
  return { relation, names: tableNames(alias, columns) };
}

const anyPresent = (values: readonly ResolvedExpression[]): ResolvedExpression =>
  internalCall('$any_present', values, BOOL, (args) => `(${args.map((a) => `${a} IS NOT NULL`).join(' OR ')})`);

const lastName = (path: PathExpression): string => path.names.at(-1)!.name;

function unpivotRow(item: UnpivotItem, input: NamedRelation, { analysis, outer }: QueryContext): Row {
  const scope = withParent(input.names, outer);
  const values = item.columns.map((c) => analyzeExpression(c, { analysis, scope, clause: 'UNPIVOT clause' }));
  const label = item.label
    ? analyzeLiteral(item.label, { analysis, scope: undefined, clause: 'UNPIVOT clause' })
    : stringLiteral(item.columns.map(lastName).join('_'));
  return { values, label };
}

function rowType(node: Unpivot, rows: readonly Row[], { analysis }: QueryContext): StructType {
  const fields = node.valueColumns.map((path, i) => {
    const candidates = rows.map((r) => r.values[i]);
    const type = candidates.every((c) => c !== undefined) ? commonType(candidates) : undefined;
    if (!type) throw analysis.error(path, 'The datatype of column does not match with other datatypes in the IN clause');
    return structField(lastName(path), type);
  });
  const label = commonType(rows.map((r) => r.label)) ?? STRING;
  return structOf([...fields, structField(lastName(node.nameColumn), label)]);
}
