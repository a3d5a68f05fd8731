import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from './quote.ts';

/** Of DuckDB's complaints, those about memory. */
export const isMemoryTrouble = (error: unknown): boolean => /Out of Memory Error|could not allocate block/.test((error as Error).message);

/** What DuckDB may take, in its own words: the first suffices for most, and what else it may take, it keeps. Rows of long texts may need more. */
export const memorySteps: readonly string[] = ['64MB', '192MB', '512MB'];

/** Where files of rows are made: a table that is not written yet holds a few of DuckDB's blocks, which it cannot put aside. */
export const memoryFor = (kindsOfRows: number): string => `${64 + Math.ceil(kindsOfRows / 4)}MB`;

/** Runs a statement that can be run again with more memory, with as much more as it needs; then there is as much as there was. */
export async function runWithMemory(connection: DuckDBConnection, sql: string, steps: readonly string[]): Promise<void> {
  const trouble = await runOnce(connection, sql);
  if (trouble === undefined) return;
  const before = String((await connection.runAndReadAll(`SELECT current_setting('memory_limit')`)).getRows()[0]![0]);
  if (!(await runInSteps(connection, sql, steps.slice(1)))) throw trouble;
  await limitMemory(connection, before);
}

/** Sets what DuckDB may take, as it writes sizes. */
export const limitMemory = (connection: DuckDBConnection, memory: string) => connection.run(`SET memory_limit = ${quoteText(memory)}`);

async function runInSteps(connection: DuckDBConnection, sql: string, steps: readonly string[]): Promise<boolean> {
  for (const memory of steps) {
    await limitMemory(connection, memory);
    if ((await runOnce(connection, sql)) === undefined) return true;
  }
  return false;
}

/** What memory it lacked; any other fault is thrown. */
async function runOnce(connection: DuckDBConnection, sql: string): Promise<unknown> {
  try {
    await connection.run(sql);
    return undefined;
  } catch (error) {
    if (isMemoryTrouble(error)) return error;
    throw error;
  }
}
