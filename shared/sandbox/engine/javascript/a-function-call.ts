import type { Engine } from '../engine.ts';

/** The rows of `SELECT expression`, with a temporary function `f` of that signature and body. */
export async function callFunction(engine: Engine, signature: string, body: string, expression = 'f()'): Promise<unknown[][]> {
  return readAll(engine, `CREATE TEMP FUNCTION f${signature} LANGUAGE js AS r'''${body}'''; SELECT ${expression}`);
}

export async function readAll(engine: Engine, sql: string): Promise<unknown[][]> {
  const { destinationTable } = await engine.query({ sql, projectId: 'p' });
  const rows: unknown[][] = [];
  for await (const page of engine.readRows(destinationTable!)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}
