// Which conditions of a statement can rule out partitions or members of a wildcard, and of which tables.
import type { CatalogTable } from '../../../googlesql/analyze/catalog.ts';
import { columnsRead, walkTree } from '../../../googlesql/analyze/map-tree.ts';
import type {
  ComputedColumn,
  Relation,
  ResolvedExpression,
  ResolvedStatement,
  SetInput,
} from '../../../googlesql/analyze/resolved-tree.ts';
import { expressionSql } from '../../../googlesql/generate/generate-expression.ts';
import { liveColumns } from '../../../googlesql/generate/live-columns.ts';
import { SqlNames } from '../../../googlesql/generate/sql-names.ts';
import type { StoredTable } from '../catalog/stored-table.ts';
import { quoteName } from '../duck/quote.ts';
import { createInvalidQuery } from '../failure.ts';
import type { AnalysisCatalog } from './analysis-catalog.ts';

type TableRelation = Extract<Relation, { kind: 'table' }>;
type RelationColumn = TableRelation['columns'][number];

/** A condition on one column of one table. `sql` is undefined where the value is known only while the statement runs. */
export type ColumnFilter = { readonly column: RelationColumn; readonly sql: string | undefined };
/** One place where a statement reads a table. */
export type TableRead = {
  readonly table: CatalogTable;
  readonly columns: readonly RelationColumn[];
  readonly filters: readonly ColumnFilter[];
};

export function findTableReads(statement: ResolvedStatement | ResolvedExpression): readonly TableRead[] {
  const found = new Collector();
  found.visit(statement);
  return found.relations.map(({ table, columns }) => ({
    table,
    columns,
    filters: columns.flatMap((column) => found.filtersOn(column)),
  }));
}

type DmlCondition = { readonly kind?: string; readonly on?: ResolvedExpression; readonly where?: ResolvedExpression };

/** What the walk over a typed tree brings together: tables, conditions, and which column is only another name of which. */
class Collector {
  readonly relations: TableRelation[] = [];
  readonly #conditions: ResolvedExpression[] = [];
  readonly #origins = new Map<number, number[]>();
  readonly #readCtes = new Map<unknown, number>();
  readonly #cteColumns: { readonly cte: unknown; readonly pairs: readonly (readonly [number, number])[] }[] = [];
  readonly #seen = new Set<object>();
  #byColumn: Map<number, ResolvedExpression[]> | undefined;

  visit(node: unknown): void {
    if (typeof node !== 'object' || node === null || node instanceof Uint8Array || this.#seen.has(node)) return;
    this.#seen.add(node);
    if (Array.isArray(node)) {
      for (const item of node) this.visit(item);
      return;
    }
    this.#take(node as Relation | { readonly kind?: undefined });
    for (const [key, value] of Object.entries(node))
      if (!['type', 'signature', 'table', 'cte', 'referencedTables'].includes(key)) this.visit(value);
  }

  #take(node: Relation | { readonly kind?: undefined }): void {
    switch (node.kind) {
      case 'table':
        this.relations.push(node);
        break;
      case 'filter':
        this.#split(node.condition);
        break;
      case 'join':
        if (node.joinType !== 'FULL') this.#split(node.on);
        break;
      case 'project':
        this.#rename(node.computed);
        break;
      case 'aggregate':
        // The call of an aggregate function has the same kind and no groups.
        if ('groupBy' in node) this.#rename(node.groupBy);
        break;
      case 'set':
        this.#renameSet(node.columns, node.inputs);
        break;
      case 'cte':
        this.#readCtes.set(node.cte, (this.#readCtes.get(node.cte) ?? 0) + 1);
        this.#cteColumns.push({
          cte: node.cte,
          pairs: node.columns.map(({ id }, index) => [id, node.cte.query.columns[index]!.column.id]),
        });
        break;
      default:
        this.#takeDml(node as unknown as DmlCondition);
    }
  }

  #takeDml({ kind, on, where }: DmlCondition): void {
    if (kind === 'merge') this.#split(on);
    else if (kind === 'update' || kind === 'delete') this.#split(where);
  }

  #split(condition: ResolvedExpression | undefined): void {
    if (condition?.kind === 'call' && condition.name === 'AND') for (const operand of condition.arguments) this.#split(operand);
    else if (condition) this.#conditions.push(condition);
  }

  #rename(computed: readonly ComputedColumn[]): void {
    for (const { column, expression } of computed) if (expression.kind === 'column') this.#link(column.id, expression.column.id);
  }

  #renameSet(columns: readonly { readonly id: number }[], inputs: readonly SetInput[]): void {
    for (const [index, { id }] of columns.entries()) {
      for (const { expressions } of inputs) {
        const expression = expressions[index];
        if (expression?.kind === 'column') this.#link(id, expression.column.id);
      }
    }
  }

  #link(id: number, origin: number): void {
    this.#origins.set(id, [...(this.#origins.get(id) ?? []), origin]);
  }

  filtersOn(column: RelationColumn): readonly ColumnFilter[] {
    this.#byColumn ??= this.#resolve();
    return (this.#byColumn.get(column.column.id) ?? []).map((condition) => ({ column, sql: toColumnSql(condition, column.duckColumn) }));
  }

  #resolve(): Map<number, ResolvedExpression[]> {
    // A WITH entry that is read twice may be filtered in one place only.
    for (const { cte, pairs } of this.#cteColumns)
      if (this.#readCtes.get(cte) === 1) for (const [id, origin] of pairs) this.#link(id, origin);
    const byColumn = new Map<number, ResolvedExpression[]>();
    for (const condition of this.#conditions) {
      const [read, ...others] = columnsRead(condition);
      if (read === undefined || others.length > 0) continue;
      for (const id of this.#basesOf(read)) byColumn.set(id, [...(byColumn.get(id) ?? []), condition]);
    }
    return byColumn;
  }

  #basesOf(id: number, seen: Set<number> = new Set()): Set<number> {
    if (seen.has(id)) return seen;
    seen.add(id);
    for (const origin of this.#origins.get(id) ?? []) this.#basesOf(origin, seen);
    return seen;
  }
}

/** DuckDB SQL of a condition on one column, read from a table under its own name. */
function toColumnSql(condition: ResolvedExpression, duckColumn: string): string | undefined {
  let isConstant = true;
  walkTree(condition, ({ kind }) => {
    if (kind === 'subquery' || kind === 'aggregate' || kind === 'window') isConstant = false;
  });
  if (!isConstant) return undefined;
  const names = new SqlNames(liveColumns(condition));
  for (const id of columnsRead(condition)) names.bind(id, quoteName(duckColumn));
  return expressionSql(condition, names);
}

const PSEUDO_COLUMNS = ['_partitiontime', '_partitiondate'];

/** Whether conditions on this column say something about partitions. */
export function isPartitionColumn({ resource }: StoredTable, { column }: RelationColumn): boolean {
  const { timePartitioning, rangePartitioning } = resource;
  const field = timePartitioning?.field ?? rangePartitioning?.field;
  const name = column.name.toLowerCase();
  return field === undefined ? timePartitioning !== undefined && PSEUDO_COLUMNS.includes(name) : name === field.toLowerCase();
}

/** Tables with `require_partition_filter` are read only where a condition can rule partitions out. */
export function checkPartitionFilters(reads: readonly TableRead[], catalog: AnalysisCatalog): void {
  for (const { table, filters } of reads) {
    const [stored] = catalog.stored.get(table) ?? [];
    if (!stored) continue;
    const { requirePartitionFilter, timePartitioning, rangePartitioning, tableReference } = stored.resource;
    if (!(requirePartitionFilter ?? timePartitioning?.requirePartitionFilter)) continue;
    if (filters.some(({ column }) => isPartitionColumn(stored, column))) continue;
    const field = timePartitioning?.field ?? rangePartitioning?.field;
    const columns = field === undefined ? "'_PARTITION_LOAD_TIME', '_PARTITIONDATE', '_PARTITIONTIME'" : `'${field}'`;
    const { projectId, datasetId, tableId } = tableReference;
    throw createInvalidQuery(
      `Cannot query over table '${projectId}.${datasetId}.${tableId}' without a filter over column(s) ${columns} that can be used for partition elimination`,
    );
  }
}
