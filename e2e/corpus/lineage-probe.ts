/**
 * A statement, and where its output comes from. `rows`: what decides about all columns. A column is `name: value sources ~ sources that decide
 * about it alone`; sources are `table.column.field`, joined by commas; `people.*` is every column.
 */
export type Probe = { readonly name: string; readonly sql: string; readonly rows: string; readonly columns: readonly string[] };

export const probe = (name: string, sql: string, rows: string, ...columns: string[]): Probe => ({ name, sql, rows, columns });
