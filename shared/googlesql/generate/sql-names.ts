import type { WindowExpression } from '../analyze/resolved-tree.ts';
import { SqlError } from '../sql-error.ts';

/** The DuckDB SQL of every column in sight, and fresh aliases. Column ids are unique, so one map serves all nesting levels. */
export class SqlNames {
  readonly #sqlOf = new Map<number, string>();
  /** Columns some expression or output reads; the others need not be carried through subqueries. */
  readonly live: ReadonlySet<number>;
  #next = 0;
  /** Above zero while generating what needs rows in the order of their array (ARRAY subqueries). */
  keepsOrder = 0;

  /** RANGE frames over BIGNUMERIC, whose ends an inner SELECT has found (big-frame-sql.ts). */
  readonly framePlaces = new Map<WindowExpression, FramePlaces>();

  constructor(live: ReadonlySet<number>) {
    this.live = live;
  }

  alias(): string {
    return `t${++this.#next}`;
  }

  /** An id of no column of the analyzer's. */
  freshId(): number {
    return 1_000_000_000 + ++this.#next;
  }

  bind(id: number, sql: string): void {
    this.#sqlOf.set(id, sql);
  }

  isBound(id: number): boolean {
    return this.#sqlOf.has(id);
  }

  sqlOf(id: number): string {
    const sql = this.#sqlOf.get(id);
    if (sql === undefined)
      throw new SqlError(
        'unsupported',
        'A column is read where DuckDB cannot see it: this nesting of subqueries and aggregates is not supported',
        '',
        0,
      );
    return sql;
  }
}

/** SQL of columns: the row's place in its partition, and those of its frame's ends; undefined for an unbounded one. */
export type FramePlaces = { readonly place: string; readonly start: string | undefined; readonly end: string | undefined };

export const columnName = (id: number): string => `c${id}`;
