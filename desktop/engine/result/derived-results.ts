// Rows of results that came with a bundle, already typed. They are taken only while whoever exported the bundle is known.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import { quoteName, quoteText } from '../../../shared/derived/quote.ts';
import { toTypedColumns } from '../../../shared/derived/result/cast-rows.ts';
import { resultNumber, rowIndex } from '../../../shared/derived/result/result-type.ts';
import { resultTablePath } from '../../../shared/derived/rows/result-table.sql.ts';
import { type CaseBundle, trustsExporter } from '../case-bundle.ts';
import { copyDerived } from '../load/copy-derived.ts';
import type { ReviewCase } from '../review-case.ts';
import { type BuiltResult, type ResultTarget, toTeller } from './build-result.ts';
import { toResultColumn } from './result-column.ts';
import type { ResultSource } from './result-pages.ts';

export type DerivedResults = {
  /** Makes the table of a result of the rows that came along; `undefined`: there are none to be taken. */
  build(source: ResultSource, target: ResultTarget): Promise<BuiltResult | undefined>;
  /** Removes what was copied: the case it came from is closed. */
  forget(): Promise<void>;
};

type Listed = {
  readonly file: string;
  readonly row_count: bigint;
  readonly reported_rows: string | null;
  readonly fields: string;
  readonly pages: readonly { readonly exchange_id: string; readonly number: bigint; readonly row_count: bigint }[];
  readonly problems: readonly { readonly number: bigint | null; readonly problem: string }[];
};

export function createDerivedResults({ database, directory }: ReviewCase): DerivedResults {
  /** Each file is copied out and hashed once. */
  const copies = new Map<string, Promise<string | undefined>>();

  function copyOf({ bundle, bundleId }: CaseBundle, path: string): Promise<string | undefined> {
    const key = `${bundleId} ${path}`;
    const copy = join(directory, `derived-${bundleId}-${path.split('/').at(-1)}`);
    const known = copies.get(key) ?? copyDerived(bundle, path, copy).then((isStated) => (isStated ? copy : undefined));
    copies.set(key, known);
    return known;
  }

  async function find(source: CaseBundle, number: number): Promise<Listed | undefined> {
    const list = await copyOf(source, resultTablePath);
    if (list === undefined) return undefined;
    const rows = await database.all(`FROM read_parquet(${quoteText(list)}) WHERE number = ${number} AND file IS NOT NULL`);
    return rows.length === 1 ? (rows[0] as Listed) : undefined;
  }

  async function build({ source, number }: ResultSource, target: ResultTarget): Promise<BuiltResult | undefined> {
    if (!trustsExporter(source)) return undefined;
    const local = number - source.numberOffset;
    const listed = await find(source, local);
    const rows = listed === undefined ? undefined : await copyOf(source, listed.file);
    if (listed === undefined || rows === undefined) return undefined;
    const built = toBuiltResult(listed, source.numberOffset);
    await copyRows(target, JSON.parse(listed.fields) as readonly TableFieldSchema[], `read_parquet(${quoteText(rows)})`, local);
    return (await countRows(target)) === listed.row_count ? built : await drop(target);
  }

  return {
    build: (source, target) => build(source, target).catch(() => drop(target)),
    forget: async () => {
      const made = await Promise.allSettled(copies.values());
      copies.clear();
      for (const copy of made) if (copy.status === 'fulfilled' && copy.value !== undefined) await rm(copy.value, { force: true });
    },
  };
}

async function copyRows(
  { connection, catalog, table }: ResultTarget,
  fields: readonly TableFieldSchema[],
  rows: string,
  number: number,
): Promise<void> {
  const names = fields.map(({ name }) => quoteName(name));
  await connection.run(`CREATE TABLE ${catalog}.${table} (${rowIndex} BIGINT, ${toTypedColumns(fields)})`);
  await connection.run(
    `INSERT INTO ${catalog}.${table} SELECT ${[rowIndex, ...names].join(', ')} FROM ${rows} WHERE ${resultNumber} = ${number}`,
  );
}

async function countRows({ connection, catalog, table }: ResultTarget): Promise<bigint> {
  return (await connection.runAndReadAll(`SELECT count(*) FROM ${catalog}.${table}`)).getRows()[0]![0] as bigint;
}

/** Whatever is wrong with what came along: the recorded answers hold the rows. */
async function drop({ connection, catalog, table }: ResultTarget): Promise<undefined> {
  await connection.run(`DROP TABLE IF EXISTS ${catalog}.${table}`);
  return undefined;
}

/** Numbers of a bundle's own exchanges become those of the case. */
function toBuiltResult(listed: Listed, offset: number): BuiltResult {
  const problems: string[] = [];
  const tell = toTeller(problems);
  for (const { number, problem } of listed.problems) tell(problem, number === null ? undefined : Number(number) + offset);
  return {
    columns: (JSON.parse(listed.fields) as readonly TableFieldSchema[]).map(toResultColumn),
    total: Number(listed.row_count),
    reportedRows: listed.reported_rows ?? undefined,
    pages: listed.pages.map((page) => ({
      exchangeId: page.exchange_id,
      number: Number(page.number) + offset,
      rows: Number(page.row_count),
    })),
    problems,
  };
}
