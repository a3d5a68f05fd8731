import { SqlError, type SqlErrorKind } from '../sql-error.ts';
import type { Node } from '../syntax/ast.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { AnalyzeOptions } from './analyze-options.ts';
import type { CatalogTable, NameDefaults } from './catalog.ts';
import type { Column, CteDefinition, ResolvedExpression, ResolvedQuery } from './resolved-tree.ts';
import { StructureKeys } from './structure-keys.ts';

/** A name WITH defines, visible to the rest of the statement; `columns` are those of one execution of its query. */
export type CteBinding = { readonly definition: CteDefinition; readonly query: ResolvedQuery };
export type CteScope = ReadonlyMap<string, CteBinding>;

const MAX_EXPANSION_DEPTH = 64;
/** Bodies of views and functions in one statement. BigQuery allows 1,000 different ones. */
const MAX_EXPANSIONS = 10_000;

/** What a statement and the bodies expanded in it have in common. `views`: those analyzed already, by path. */
type Shared = { nextColumn: number; expansions: number; readonly views: Map<string, CteBinding>; readonly keys: StructureKeys };

/** State of one statement's analysis; one per expanded view or routine body, sharing the column numbers and the list of tables read. */
export class Analysis {
  readonly options: AnalyzeOptions;
  readonly referencedTables: CatalogTable[];
  readonly depth: number;
  readonly #shared: Shared;
  ctes: CteScope = new Map();

  constructor(options: AnalyzeOptions, parent?: Analysis) {
    this.options = options;
    this.referencedTables = parent?.referencedTables ?? [];
    this.depth = (parent?.depth ?? 0) + 1;
    this.#shared = parent ? parent.#shared : { nextColumn: 1, expansions: 0, views: new Map(), keys: new StructureKeys() };
  }

  /** The analysis of a body that is text of its own: a view, a SQL function. Parameters and variables of the caller are not visible in it. */
  expand(text: string, defaults: NameDefaults, node: Node): Analysis {
    if (this.depth > MAX_EXPANSION_DEPTH) throw this.error(node, 'Too many nested views or functions, or a recursive one');
    if (++this.#shared.expansions > MAX_EXPANSIONS) throw this.error(node, 'Too many views and functions within each other', 'limit');
    const { catalog, sharesViews = false } = this.options;
    return new Analysis({ text, catalog, defaults, sharesViews }, this);
  }

  get views(): Map<string, CteBinding> {
    return this.#shared.views;
  }

  column(name: string, type: SqlType): Column {
    return { id: this.#shared.nextColumn++, name, type };
  }

  /** Columns made from now on have this id or a higher one. */
  get nextColumn(): number {
    return this.#shared.nextColumn;
  }

  /** A text equal for expressions of this statement that mean the same computation. */
  keyOf(expression: ResolvedExpression): string {
    return this.#shared.keys.of(expression);
  }

  uniqueName(name: string): string {
    return `${name.replace(/\W/g, '_')}_${this.#shared.nextColumn++}`;
  }

  error(node: Node, reason: string, kind: SqlErrorKind = 'analysis'): SqlError {
    return new SqlError(kind, reason, this.options.text, node.span.start);
  }

  unsupported(node: Node, construct: string): SqlError {
    return this.error(node, `${construct} is not supported`, 'unsupported');
  }
}
