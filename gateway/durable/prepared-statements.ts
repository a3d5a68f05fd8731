import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The statements of a database, each compiled once. */
export class PreparedStatements {
  readonly #database: DatabaseSync;
  readonly #known = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  of(sql: string): StatementSync {
    const known = this.#known.get(sql) ?? this.#database.prepare(sql);
    this.#known.set(sql, known);
    return known;
  }
}
