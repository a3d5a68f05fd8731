import type { CatalogTable } from '../analyze/catalog.ts';
import type { Column, CteDefinition, Relation, ResolvedExpression, ResolvedQuery } from '../analyze/resolved-tree.ts';
import { type Controls, type Flow, fromSource, merge, NO_CONTROL, NOTHING, type Source, sourceKey, through, union } from './flow.ts';
import { hasUnknownMember } from './known-members.ts';
import { traceExpression } from './trace-expression.ts';
import { traceRelation } from './trace-relation.ts';

/** A query's columns, and what decides which rows it has. */
export type TracedQuery = { readonly columns: readonly Flow[]; readonly rows: Controls };

/** What using it brings along; a WITH entry that nothing reads is never run. */
type TracedCte = { query: TracedQuery; evaluated: ReadonlyMap<string, Source>; isComplete: boolean };

/** What a script has put into its variables and tables before the statement: flows besides what the catalogue's tables hold. */
export type Surroundings = {
  /** By the DuckDB SQL that stands for the variable; undefined: it may hold anything. */
  variable(sql: string): Flow | undefined;
  /** `isReplaced`: the table holds nothing else. Columns in lower case. */
  /** 'lost': it may hold anything. */
  written(table: CatalogTable): WrittenTable | 'lost' | undefined;
};
export type WrittenTable = { readonly columns: ReadonlyMap<string, Flow>; readonly rows: Controls; readonly isReplaced: boolean };

const ALONE: Surroundings = { variable: () => undefined, written: () => undefined };

/** After so many rounds of a recursive query every column is taken to come from all that any of them comes from. */
const EXACT_ROUNDS = 8;

/** Sources that expressions put together before the rest is called unknown: `SELECT t, t, t, …` over thousands of columns. */
const MAX_FOLLOWED = 5_000_000;

/** Follows values through one resolved statement. Columns have identities, so that one table of flows does for all scopes. */
export class Tracer {
  isComplete = true;
  evaluated = new Map<string, Source>();
  readonly #columns = new Map<number, Flow>();
  readonly #surroundings: Surroundings;
  /** By name, which is unique in a statement: the definition that a recursive term reads is not yet the whole one. */
  #ctes = new Map<string, TracedCte>();
  #expressions = new Map<ResolvedExpression, Flow>();
  #viewDepth = 0;
  #followed = 0;

  constructor(surroundings: Surroundings = ALONE) {
    this.#surroundings = surroundings;
  }

  flowOf(column: Column): Flow {
    return this.#columns.get(column.id) ?? this.unknown();
  }

  /** A value from where we cannot see. */
  unknown(): Flow {
    this.isComplete = false;
    return NOTHING;
  }

  variable(sql: string): Flow {
    return this.#surroundings.variable(sql) ?? this.unknown();
  }

  define(column: Column, flow: Flow): void {
    this.#columns.set(column.id, flow);
  }

  /** Each expression is followed once, in however many places SQL functions put it. */
  expression(expression: ResolvedExpression): Flow {
    if (expression.kind === 'column') return this.flowOf(expression.column);
    const known = this.#expressions.get(expression);
    if (known) return known;
    if (hasUnknownMember(expression)) this.isComplete = false;
    const flow = this.#followed > MAX_FOLLOWED ? this.unknown() : traceExpression(this, expression);
    this.#followed += flow.values.size + flow.control.size;
    this.#expressions.set(expression, flow);
    return flow;
  }

  relation(relation: Relation): Controls {
    if (hasUnknownMember(relation)) this.isComplete = false;
    return traceRelation(this, relation);
  }

  query(query: ResolvedQuery): TracedQuery {
    const rows = this.relation(query.relation);
    return { columns: query.columns.map(({ column }) => this.flowOf(column)), rows };
  }

  computed(flow: Flow): Flow {
    this.evaluate(flow);
    return through(flow, 'computed');
  }

  /** Notes what a computation reads; what a view computes is not the statement's doing. */
  evaluate(flow: Flow): void {
    if (this.#viewDepth > 0) return;
    for (const { source } of flow.values.values()) this.evaluated.set(sourceKey(source), source);
  }

  /** A table's columns are where values come from, and what the script wrote into them. */
  defineTable(table: CatalogTable, columns: readonly { readonly column: Column }[]): Controls {
    const found = this.#surroundings.written(table);
    if (found === 'lost') this.isComplete = false;
    const written = found === 'lost' ? undefined : found;
    for (const [index, { column }] of columns.entries()) {
      const name = table.columns[index]?.name ?? column.name;
      const added = written?.columns.get(name.toLowerCase());
      const own = written?.isReplaced ? [] : [fromSource({ table: table.path, path: [name] })];
      this.define(column, merge([NOTHING, ...own, ...(added ? [added] : [])]));
    }
    return written?.rows ?? NO_CONTROL;
  }

  /** A view's columns are sources too: a rule may name them. */
  defineView({ table, columns, input }: Extract<Relation, { kind: 'view' }>): Controls {
    this.#viewDepth++;
    const rows = this.relation(input);
    this.#viewDepth--;
    for (const { name, column } of columns)
      this.define(column, merge([this.flowOf(column), fromSource({ table: table.path, path: [name], isView: true })]));
    return rows;
  }

  /** What a WITH entry that is read gives. */
  cte(definition: CteDefinition): TracedQuery {
    const { query, evaluated, isComplete } = this.prepare(definition);
    if (this.#viewDepth === 0) for (const [key, source] of evaluated) this.evaluated.set(key, source);
    this.isComplete &&= isComplete;
    return query;
  }

  /** Each common table expression is followed once, in the order of the text, so that a long chain of them makes no deep stack. */
  prepare(definition: CteDefinition): TracedCte {
    const known = this.#ctes.get(definition.name);
    if (known) return known;
    const [evaluated, isComplete] = [this.evaluated, this.isComplete];
    this.evaluated = new Map();
    this.isComplete = true;
    const traced: TracedCte = { query: this.query(definition.query), evaluated: this.evaluated, isComplete: true };
    this.#ctes.set(definition.name, traced);
    if (definition.recursive) this.#grow(traced, definition.recursive.query);
    traced.isComplete = this.isComplete;
    this.evaluated = evaluated;
    this.isComplete = isComplete;
    return traced;
  }

  /** Runs the recursive term until nothing new comes. */
  #grow(traced: TracedCte, term: ResolvedQuery): void {
    for (let round = 1; ; round++) {
      const before = sizeOf(traced.query);
      const grown = growTo(traced.query, this.#again(term), () => this.unknown());
      traced.query = round < EXACT_ROUNDS ? grown : widen(grown);
      // The first round that widens is not to be compared with the exact one before it.
      if (round !== EXACT_ROUNDS && sizeOf(traced.query) === before) return;
    }
  }

  /** What has been followed with the rounds before is no longer true. */
  #again(query: ResolvedQuery): TracedQuery {
    const ctes = new Map(this.#ctes);
    this.#expressions = new Map();
    const traced = this.query(query);
    this.#ctes = ctes;
    this.#expressions = new Map();
    return traced;
  }
}

const growTo = (traced: TracedQuery, next: TracedQuery, unknown: () => Flow): TracedQuery => ({
  columns: traced.columns.map((flow, index) => merge([flow, next.columns[index] ?? unknown()])),
  rows: union([traced.rows, next.rows]),
});

/** One flow for all columns. */
const widen = ({ columns, rows }: TracedQuery): TracedQuery => {
  const all = through(merge([NOTHING, ...columns]), 'computed');
  return { columns: columns.map(() => all), rows };
};

const sizeOf = ({ columns, rows }: TracedQuery): number =>
  columns.reduce((size, flow) => size + flow.values.size + flow.control.size, rows.size);
