/** The DuckDB SQL of every column in sight, and fresh aliases. Column ids are unique, so one map serves all nesting levels. */
export class SqlNames {
  readonly #sqlOf = new Map<number, string>();
  /** Columns some expression or output reads; the others need not be carried through subqueries. */
  readonly live: ReadonlySet<number>;
  #next = 0;
  /** Above zero while generating what needs rows in the order of their array (ARRAY subqueries). */
  keepsOrder = 0;

  constructor(live: ReadonlySet<number>) {
    this.live = live;
  }

  alias(): string {
    return `t${++this.#next}`;
  }

  bind(id: number, sql: string): void {
    this.#sqlOf.set(id, sql);
  }

  sqlOf(id: number): string {
    const sql = this.#sqlOf.get(id);
    if (sql === undefined) throw new Error(`Column ${id} is out of sight`);
    return sql;
  }
}

export const columnName = (id: number): string => `c${id}`;
