import type { Expression, Identifier, Node } from '../syntax/ast.ts';
import type {
  DeleteStatement,
  DmlStatement,
  InsertStatement,
  MergeClause,
  MergeStatement,
  TruncateStatement,
  UpdateItem,
  UpdateStatement,
} from '../syntax/ast-statement.ts';
import { type SqlType, typeText } from '../types/sql-type.ts';
import { analyzeCondition, analyzeExpression } from './analyze-expression.ts';
import { analyzeTable } from './analyze-from.ts';
import { analyzeQuery, type QueryContext } from './analyze-query.ts';
import { findTable, readTable } from './analyze-table-path.ts';
import { columnReference } from './build-expression.ts';
import type { CatalogColumn, CatalogTable } from './catalog.ts';
import { coerce, convert, isCoercible } from './coerce.ts';
import type { NamedRelation } from './query-output.ts';
import type {
  Assignment,
  ComputedColumn,
  DmlTarget,
  MergeArm,
  ResolvedBody,
  ResolvedExpression,
  ResolvedInsert,
  ResolvedQuery,
} from './resolved-tree.ts';
import { joinNames, lower, type Names, type Scope, withParent } from './scope.ts';
import { splitPath } from './split-path.ts';
import { resolveAssignments } from './update-assignment.ts';

export function analyzeDml(node: DmlStatement, context: QueryContext): ResolvedBody {
  switch (node.kind) {
    case 'InsertStatement':
      return analyzeInsert(node, context);
    case 'UpdateStatement':
      return analyzeUpdate(node, context);
    case 'DeleteStatement':
      return analyzeDelete(node, context);
    case 'MergeStatement':
      return analyzeMerge(node, context);
    case 'TruncateStatement':
      return { kind: 'truncate', target: targetOf(node, context).target };
  }
}

type Target = { readonly target: DmlTarget; readonly names: Names };

function targetOf(node: UpdateStatement | DeleteStatement | MergeStatement | TruncateStatement, context: QueryContext): Target {
  const table = writable(splitPath(node.target), node, context);
  const alias = ('alias' in node ? node.alias?.name : undefined) ?? table.path.tableId;
  const { relation, names } = readTable(table, alias, context);
  return { target: { table, relation }, names };
}

function writable(path: readonly string[], node: Node, context: QueryContext): CatalogTable {
  const table = findTable(path, node, context);
  if (table.view) throw context.analysis.error(node, `Cannot modify ${path.join('.')}: it is a view`);
  return table;
}

const plainColumns = (table: CatalogTable): number[] => table.columns.flatMap((c, i) => (c.isPseudo ? [] : [i]));

export function columnIndex(table: CatalogTable, name: Identifier, { analysis }: QueryContext): number {
  const index = table.columns.findIndex((c) => lower(c.name) === lower(name.name));
  if (index < 0) throw analysis.error(name, `Column ${name.name} is not present in table ${table.path.tableId}`);
  return index;
}

function insertColumns(table: CatalogTable, names: readonly Identifier[], context: QueryContext): number[] {
  if (!names.length) return plainColumns(table);
  const columns = names.map((name) => columnIndex(table, name, context));
  const repeated = columns.findIndex((c, i) => columns.indexOf(c) !== i);
  if (repeated >= 0) throw context.analysis.error(names[repeated]!, `INSERT has columns with duplicate name: ${names[repeated]!.name}`);
  return columns;
}

function analyzeInsert(node: InsertStatement, context: QueryContext): ResolvedInsert {
  const { analysis } = context;
  const table = writable(splitPath(node.target), node, context);
  const columns = insertColumns(table, node.columns, context);
  if (node.query) {
    const query = analyzeQuery(node.query, context);
    return { kind: 'insert', table, columns, query: coerceColumns(query, columns, table, node, context) };
  }
  const rows = node.rows.map((row) => {
    if (row.values.length !== columns.length) {
      throw analysis.error(row, `Inserted row has wrong column count; Has ${row.values.length}, expected ${columns.length}`);
    }
    return row.values.map((value, i) => assignedValue(value, table.columns[columns[i]!]!, { context, scope: undefined }));
  });
  return { kind: 'insert', table, columns, rows };
}

function coerceColumns(
  query: ResolvedQuery,
  columns: readonly number[],
  table: CatalogTable,
  node: Node,
  { analysis }: QueryContext,
): ResolvedQuery {
  const visible = query.columns.filter((c) => !c.isPseudo);
  if (visible.length !== columns.length) {
    throw analysis.error(node, `Inserted row has wrong column count; Has ${visible.length}, expected ${columns.length}`);
  }
  const computed = visible.map(({ column }, i): ComputedColumn => {
    const wanted = table.columns[columns[i]!]!;
    const constant = literalOf(query, column.id);
    const reference = constant ?? columnReference(column);
    if (!isCoercible(reference, wanted.type)) throw analysis.error(node, assignmentComplaint(column.type, wanted));
    return { column: analysis.column(wanted.name, wanted.type), expression: heldTo(convert(reference, wanted.type), wanted) };
  });
  const relation = { kind: 'project', input: query.relation, computed } as const;
  return { relation, columns: computed.map(({ column }) => ({ name: column.name, column })), isValueTable: false };
}

function literalOf({ relation }: ResolvedQuery, id: number): ResolvedExpression | undefined {
  const computed = relation.kind === 'project' ? relation.computed.find((c) => c.column.id === id)?.expression : undefined;
  return computed?.kind === 'literal' ? computed : undefined;
}

/** A value within the limits of its column, else an error. */
const heldTo = (value: ResolvedExpression, { type, limits }: Pick<CatalogColumn, 'type' | 'limits'>): ResolvedExpression =>
  limits ? { kind: 'cast', operand: value, isSafe: false, limits, type } : value;

const assignmentComplaint = (type: SqlType, column: { readonly name: string; readonly type: SqlType }): string =>
  `Value has type ${typeText(type)} which cannot be inserted into column ${column.name}, which has type ${typeText(column.type)}`;

export type ValueContext = { readonly context: QueryContext; readonly scope: Scope | undefined };

export function assignedValue(
  node: Expression,
  column: Pick<CatalogColumn, 'name' | 'type' | 'limits'>,
  { context, scope }: ValueContext,
): ResolvedExpression | 'default' {
  if (node.kind === 'DefaultLiteral') return 'default';
  const value = analyzeExpression(node, { analysis: context.analysis, scope: scope ?? context.outer, clause: 'DML statement' });
  return heldTo(coerce(context.analysis, node, value, column.type, assignmentComplaint(value.type, column)), column);
}

function analyzeUpdate(node: UpdateStatement, context: QueryContext): ResolvedBody {
  const { target, names } = targetOf(node, context);
  const from = node.from && analyzeTable(node.from, { ...context, left: withParent(names, context.outer) });
  const scope = withParent(from ? joinNames(names, from.names) : names, context.outer);
  const where = analyzeCondition(node.where, { analysis: context.analysis, scope, clause: 'WHERE clause' }, 'WHERE clause');
  const assignments = resolveAssignments(node.items, target, names, { context, scope });
  return { kind: 'update', target, where, assignments, ...(from && { from: from.relation }) };
}

function analyzeDelete(node: DeleteStatement, context: QueryContext): ResolvedBody {
  const { target, names } = targetOf(node, context);
  const scope = withParent(names, context.outer);
  const where = analyzeCondition(node.where, { analysis: context.analysis, scope, clause: 'WHERE clause' }, 'WHERE clause');
  return { kind: 'delete', target, where };
}

function analyzeMerge(node: MergeStatement, context: QueryContext): ResolvedBody {
  const { target, names } = targetOf(node, context);
  const source = analyzeTable(node.source, context);
  const both = withParent(joinNames(names, source.names), context.outer);
  const on = analyzeCondition(node.on, { analysis: context.analysis, scope: both, clause: 'ON clause' }, 'MERGE ON clause');
  const clauses = node.clauses.map((clause) => mergeArm(clause, target, names, source, context));
  return { kind: 'merge', target, source: source.relation, on, clauses };
}

function mergeArm(clause: MergeClause, target: DmlTarget, names: Names, source: NamedRelation, context: QueryContext): MergeArm {
  const visible = { MATCHED: joinNames(names, source.names), NOT_MATCHED_BY_TARGET: source.names, NOT_MATCHED_BY_SOURCE: names }[
    clause.match
  ];
  const scope = withParent(visible, context.outer);
  const condition =
    clause.condition && analyzeCondition(clause.condition, { analysis: context.analysis, scope, clause: 'WHEN clause' }, 'WHEN clause');
  const action = mergeAction(clause, target, names, source, { context, scope });
  return { match: clause.match, action, ...(condition && { condition }) };
}

function mergeAction(
  clause: MergeClause,
  target: DmlTarget,
  names: Names,
  source: NamedRelation,
  values: ValueContext,
): MergeArm['action'] {
  const { action } = clause;
  const { context } = values;
  if (action.kind === 'MergeDelete') return { kind: 'delete' };
  if (action.kind === 'MergeUpdate')
    return {
      kind: 'update',
      assignments: resolveAssignments(action.items as readonly UpdateItem[], target, names, values) as readonly Assignment[],
    };
  const { table } = target;
  const columns = insertColumns(table, action.columns, context);
  const row = action.isRow ? source.names.columns.filter((c) => !c.isHidden).map((c) => c.expression) : undefined;
  const count = row?.length ?? action.values.length;
  if (count !== columns.length)
    throw context.analysis.error(action, `Inserted row has wrong column count; Has ${count}, expected ${columns.length}`);
  const inserted = columns.map((c, i) => {
    const column = table.columns[c]!;
    return row
      ? heldTo(coerce(context.analysis, action, row[i]!, column.type, assignmentComplaint(row[i]!.type, column)), column)
      : assignedValue(action.values[i]!, column, values);
  });
  return { kind: 'insert', columns, values: inserted };
}
