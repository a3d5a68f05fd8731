import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteText } from '../../../shared/derived/quote.ts';
import { rowIndex } from '../../../shared/derived/result/result-type.ts';
import type { ReviewCase } from '../review-case.ts';
import type { BuiltResult, ResultTarget } from './build-result.ts';

/** A result as a relation `result_17` of the case, in a read-only file of its own. */
export type ResultRelation = BuiltResult & { readonly resultId: string; readonly catalog: string; readonly file: string };

/** Makes the table; `undefined`: there is nothing to make it of. */
export type BuildTable = (target: ResultTarget) => Promise<BuiltResult | undefined>;

/** Writes the rows into a file, then attaches it read-only and puts a view of that name before it. `undefined`: no columns, no file. */
export async function makeResultFile(
  { database, directory }: ReviewCase,
  name: string,
  build: BuildTable,
): Promise<ResultRelation | undefined> {
  const catalog = `file_${name}`;
  const file = join(directory, `${name}.duckdb`);
  await database.gate.alone(() => database.run(`ATTACH ${quoteText(file)} AS ${catalog}`));
  const connection = await database.connect();
  let built: BuiltResult | undefined;
  try {
    built = await build({ connection, catalog, table: name });
  } finally {
    connection.closeSync();
    await database.gate.alone(() => database.run(`DETACH ${catalog}`));
    if (built === undefined) await rm(file, { force: true });
  }
  if (built === undefined) return undefined;
  await database.gate.alone(async () => {
    await database.run(`ATTACH ${quoteText(file)} AS ${catalog} (READ_ONLY)`);
    await database.run(`CREATE OR REPLACE VIEW ${name} AS SELECT * EXCLUDE (${rowIndex}) FROM ${catalog}.${name}`);
  });
  return { ...built, resultId: name, catalog, file };
}

/** Waits for whoever reads, then takes view and file away. */
export async function dropResultFile({ database }: ReviewCase, { resultId, catalog, file }: ResultRelation): Promise<void> {
  await database.gate.alone(() => database.run(`DROP VIEW IF EXISTS ${resultId}; DETACH ${catalog};`));
  await rm(file, { force: true });
}
