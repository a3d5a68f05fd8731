import type { CatalogTable } from '../analyze/catalog.ts';
import type { Column, CteDefinition, Relation, ResolvedExpression, ResolvedQuery } from '../analyze/resolved-tree.ts';
import { type Controls, type Flow, fromSource, merge, NOTHING, union } from './flow.ts';
import { traceExpression } from './trace-expression.ts';
import { traceRelation } from './trace-relation.ts';

/** A query's columns, and what decides which rows it has. */
export type TracedQuery = { readonly columns: readonly Flow[]; readonly rows: Controls };

/** Follows values through one resolved statement. Columns have identities, so that one table of flows does for all scopes. */
export class Tracer {
  isComplete = true;
  readonly #columns = new Map<number, Flow>();
  readonly #ctes = new Map<CteDefinition, TracedQuery>();

  flowOf(column: Column): Flow {
    return this.#columns.get(column.id) ?? this.unknown();
  }

  /** A value from where we cannot see. */
  unknown(): Flow {
    this.isComplete = false;
    return NOTHING;
  }

  define(column: Column, flow: Flow): void {
    this.#columns.set(column.id, flow);
  }

  expression(expression: ResolvedExpression): Flow {
    return traceExpression(this, expression);
  }

  relation(relation: Relation): Controls {
    return traceRelation(this, relation);
  }

  query(query: ResolvedQuery): TracedQuery {
    const rows = this.relation(query.relation);
    return { columns: query.columns.filter((each) => !each.isPseudo).map(({ column }) => this.flowOf(column)), rows };
  }

  /** A table's columns are where values come from. */
  defineTable(table: CatalogTable, columns: readonly { readonly column: Column; readonly duckColumn: string }[]): void {
    for (const { column, duckColumn } of columns) {
      const found = table.columns.find((each) => (each.duckColumn ?? each.name) === duckColumn);
      this.define(column, fromSource({ table: table.path, path: [found?.name ?? column.name] }));
    }
  }

  /** Each common table expression is followed once, recursive ones until nothing new comes. */
  cte(definition: CteDefinition): TracedQuery {
    const known = this.#ctes.get(definition);
    if (known) return known;
    let traced = this.query(definition.query);
    this.#ctes.set(definition, traced);
    const { recursive } = definition;
    while (recursive) {
      const next = this.query(recursive.query);
      const columns = traced.columns.map((flow, index) => merge([flow, next.columns[index] ?? this.unknown()]));
      const rows = union([traced.rows, next.rows]);
      const hasGrown = rows.size > traced.rows.size || columns.some((flow, index) => isLarger(flow, traced.columns[index]));
      traced = { columns, rows };
      this.#ctes.set(definition, traced);
      if (!hasGrown) break;
    }
    return traced;
  }
}

const isLarger = (flow: Flow, before: Flow | undefined): boolean =>
  flow.values.size > (before?.values.size ?? 0) || flow.control.size > (before?.control.size ?? 0);
