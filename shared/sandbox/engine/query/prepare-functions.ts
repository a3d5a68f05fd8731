import type { DuckConnection } from '../duck/duck-connection.ts';

/** What the generated SQL calls beside DuckDB's own functions. */
export async function prepareFunctions(_connection: DuckConnection): Promise<void> {}
