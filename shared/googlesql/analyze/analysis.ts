import { SqlError, type SqlErrorKind } from '../sql-error.ts';
import type { Node } from '../syntax/ast.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { AnalyzeOptions } from './analyze-options.ts';
import type { CatalogTable, NameDefaults } from './catalog.ts';
import type { Column, CteDefinition, ResolvedQuery } from './resolved-tree.ts';

/** A name WITH defines, visible to the rest of the statement; `columns` are those of one execution of its query. */
export type CteBinding = { readonly definition: CteDefinition; readonly query: ResolvedQuery };
export type CteScope = ReadonlyMap<string, CteBinding>;

const MAX_EXPANSION_DEPTH = 64;

/** State of one statement's analysis; one per expanded view or routine body, sharing the column numbers and the list of tables read. */
export class Analysis {
  readonly options: AnalyzeOptions;
  readonly referencedTables: CatalogTable[];
  readonly depth: number;
  readonly #counter: { next: number };
  ctes: CteScope = new Map();

  constructor(options: AnalyzeOptions, parent?: Analysis) {
    this.options = options;
    this.referencedTables = parent?.referencedTables ?? [];
    this.depth = (parent?.depth ?? 0) + 1;
    this.#counter = parent ? parent.#counter : { next: 1 };
  }

  /** The analysis of a body that is text of its own: a view, a SQL function. Parameters and variables of the caller are not visible in it. */
  expand(text: string, defaults: NameDefaults, node: Node): Analysis {
    if (this.depth > MAX_EXPANSION_DEPTH) throw this.error(node, 'Too many nested views or functions, or a recursive one');
    return new Analysis({ text, catalog: this.options.catalog, defaults }, this);
  }

  column(name: string, type: SqlType): Column {
    return { id: this.#counter.next++, name, type };
  }

  uniqueName(name: string): string {
    return `${name.replace(/\W/g, '_')}_${this.#counter.next++}`;
  }

  error(node: Node, reason: string, kind: SqlErrorKind = 'analysis'): SqlError {
    return new SqlError(kind, reason, this.options.text, node.span.start);
  }

  unsupported(node: Node, construct: string): SqlError {
    return this.error(node, `${construct} is not supported`, 'unsupported');
  }
}
