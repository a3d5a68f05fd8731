import { errorSql } from '../generate/cast-sql.ts';
import type { Expression, Identifier } from '../syntax/ast.ts';
import type { UpdateItem } from '../syntax/ast-statement.ts';
import { type SqlType, type StructType, typeText } from '../types/sql-type.ts';
import { assignedValue, columnIndex, type ValueContext } from './analyze-dml.ts';
import { columnReference, fieldOf, internalCall, nullOf } from './build-expression.ts';
import type { Assignment, DmlTarget, ResolvedExpression } from './resolved-tree.ts';
import { lower, type Names } from './scope.ts';

/** SET items as one value per column: items that set fields of one struct column are put together. */
export function resolveAssignments(items: readonly UpdateItem[], target: DmlTarget, names: Names, values: ValueContext): Assignment[] {
  const assigned = new Map<number, ResolvedExpression | 'default'>();
  const { table, relation } = target;
  for (const item of items) {
    const path = pathOf(item.column, names, values);
    const index = columnIndex(table, path[0]!, values.context);
    const column = table.columns[index]!;
    if (path.length === 1) {
      if (assigned.has(index)) throw values.context.analysis.error(item, `Update item ${path[0]!.name} assigned more than once`);
      assigned.set(index, assignedValue(item.value, column, values));
      continue;
    }
    const known = assigned.get(index);
    const reference = relation.kind === 'table' ? columnReference(relation.columns[index]!.column) : nullOf(column.type);
    const current = known && known !== 'default' ? known : reference;
    assigned.set(index, withField(current, path.slice(1), item.value, values));
  }
  return [...assigned].map(([column, value]) => ({ column, value }));
}

/** The target's column and its fields, the table's alias taken off. */
function pathOf(node: Expression, names: Names, values: ValueContext): Identifier[] {
  const path =
    node.kind === 'PathExpression'
      ? [...node.names]
      : node.kind === 'DotIdentifier'
        ? [...pathOf(node.operand, names, values), node.name]
        : undefined;
  if (!path) throw values.context.analysis.unsupported(node, 'An UPDATE of array elements');
  const isAlias =
    path.length > 1 && names.ranges.has(lower(path[0]!.name)) && !names.columns.some((c) => lower(c.name) === lower(path[0]!.name));
  return isAlias ? path.slice(1) : path;
}

function withField(current: ResolvedExpression, path: readonly Identifier[], value: Expression, values: ValueContext): ResolvedExpression {
  const { analysis } = values.context;
  const [name, ...rest] = path as [Identifier, ...Identifier[]];
  const type = current.type as StructType | SqlType;
  if (type.kind !== 'STRUCT') throw analysis.error(name, `Cannot access field ${name.name} on a value with type ${typeText(type)}`);
  const index = type.fields.findIndex((f) => lower(f.name ?? '') === lower(name.name));
  if (index < 0) throw analysis.error(name, `Field name ${name.name} does not exist in ${typeText(type)}`);
  const fields = type.fields.map((field, i): ResolvedExpression => {
    const old = fieldOf(current, i);
    if (i !== index) return old;
    if (rest.length) return withField(old, rest, value, values);
    const assigned = assignedValue(value, { name: name.name, type: field.type }, values);
    return assigned === 'default' ? nullOf(field.type) : assigned;
  });
  const struct: ResolvedExpression = { kind: 'struct', fields, type };
  return internalCall('$set_field', [current, struct], type, ([old, changed]) => {
    const refusal = errorSql(`'Cannot set field of NULL ${typeText(type).replaceAll("'", "''")}'`, type);
    return `CASE WHEN ${old} IS NULL THEN ${refusal} ELSE ${changed} END`;
  });
}
