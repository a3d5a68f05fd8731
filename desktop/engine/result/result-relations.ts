import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import type { OpenedResult, ResultPage } from '../../../shared/contract/result.ts';
import { quoteName, quoteText } from '../database/case-database.ts';
import { toCell } from '../database/to-cell.ts';
import type { ReviewCase } from '../review-case.ts';
import { type BuiltResult, buildResult, rowIndex } from './build-result.ts';
import { findTableSchema } from './find-table-schema.ts';
import { findResultSource, type ResultPageRead, type ResultSource, readResultPages } from './result-pages.ts';

/** A result as a relation `result_17` of the case, in a read-only file of its own. */
export type ResultRelation = BuiltResult & { readonly resultId: string; readonly catalog: string; readonly file: string };

export type ResultRelations = {
  /** Makes the relation on first use. Throws EngineError EXCHANGE_UNKNOWN, RESULT_NONE. */
  open(exchangeId: string): Promise<ResultRelation>;
  /** By name, for SQL that mentions `result_17`; absent when that exchange has no rows. */
  openByNumber(number: number): Promise<ResultRelation | undefined>;
  /** A relation of rows that come from elsewhere (a replay). */
  build(name: string, pages: AsyncIterable<ResultPageRead>, schema?: readonly TableFieldSchema[]): Promise<ResultRelation | undefined>;
  page(request: PageOf): Promise<ResultPage>;
  /** Those made so far. */
  readonly made: readonly ResultRelation[];
  /** Removes them all: the case they came from is closed. */
  forget(): Promise<void>;
};

type PageOf = {
  readonly resultId: string;
  readonly offset: number;
  readonly limit: number;
  readonly sort?: { readonly column: string; readonly direction: 'asc' | 'desc' } | undefined;
};

export function createResultRelations(review: ReviewCase): ResultRelations {
  const made = new Map<string, Promise<ResultRelation | undefined>>();
  const done = new Map<string, ResultRelation>();

  function build(
    name: string,
    pages: AsyncIterable<ResultPageRead>,
    findSchema: () => Promise<readonly TableFieldSchema[] | undefined>,
    problems: string[],
  ): Promise<ResultRelation | undefined> {
    const running = made.get(name) ?? make(name, pages, findSchema, problems);
    made.set(name, running);
    // A failure is not kept: the next opening tries again.
    running.catch(() => made.delete(name));
    return running;
  }

  async function make(
    name: string,
    pages: AsyncIterable<ResultPageRead>,
    findSchema: () => Promise<readonly TableFieldSchema[] | undefined>,
    problems: string[],
  ): Promise<ResultRelation | undefined> {
    const { database, directory } = review;
    const catalog = `file_${name}`;
    const file = join(directory, `${name}.duckdb`);
    await database.gate.alone(() => database.run(`ATTACH ${quoteText(file)} AS ${catalog}`));
    const connection = await database.connect();
    let built: BuiltResult | undefined;
    try {
      built = await buildResult(pages, { connection, catalog, table: name, findSchema, problems });
    } finally {
      connection.closeSync();
      await database.gate.alone(() => database.run(`DETACH ${catalog}`));
    }
    if (built === undefined) {
      await rm(file, { force: true });
      return undefined;
    }
    await database.gate.alone(async () => {
      await database.run(`ATTACH ${quoteText(file)} AS ${catalog} (READ_ONLY)`);
      await database.run(`CREATE OR REPLACE VIEW ${name} AS SELECT * EXCLUDE (${rowIndex}) FROM ${catalog}.${name}`);
    });
    const relation = { ...built, resultId: name, catalog, file };
    done.set(name, relation);
    return relation;
  }

  function openSource(resultSource: ResultSource): Promise<ResultRelation | undefined> {
    const problems: string[] = [];
    const pages = readResultPages(review, resultSource, (problem) => problems.push(problem));
    return build(`result_${resultSource.number}`, pages, () => findTableSchema(review, resultSource), problems);
  }

  return {
    open: async (exchangeId) => {
      const relation = await openSource(await findResultSource(review, exchangeId));
      if (relation !== undefined) return relation;
      throw new EngineError({
        code: 'RESULT_NONE',
        message: 'No rows were recorded for this exchange.',
        remedy: 'Its job may have returned none, or the client never fetched them.',
      });
    },
    openByNumber: async (number) => {
      const [row] = await review.database.all('SELECT exchange_id FROM exchange WHERE number = $1', [BigInt(number)]);
      if (row === undefined) return undefined;
      const source = await findResultSource(review, String(row['exchange_id']));
      return source.number === number ? openSource(source) : undefined;
    },
    build: (name, pages, schema) => build(name, pages, async () => schema, []),
    page: async ({ resultId, offset, limit, sort }) => {
      const relation = done.get(resultId);
      if (relation === undefined)
        throw new EngineError({
          code: 'RESULT_UNKNOWN',
          message: `There is no open result named "${resultId}".`,
          remedy: 'Open it by its exchange first.',
        });
      const connection = await review.database.connect();
      try {
        const reader = await review.database.gate.shared(() =>
          connection.runAndReadAll(toPageQuery(relation, { resultId, offset, limit, sort })),
        );
        return { offset, rows: reader.getRows().map((row) => row.map(toCell)) };
      } finally {
        connection.closeSync();
      }
    },
    get made() {
      return [...done.values()];
    },
    forget: async () => {
      await Promise.allSettled(made.values());
      const gone = [...done.values()];
      made.clear();
      done.clear();
      await review.database.gate.alone(async () => {
        for (const { resultId, catalog, file } of gone) {
          await review.database.run(`DROP VIEW IF EXISTS ${resultId}; DETACH ${catalog};`);
          await rm(file, { force: true });
        }
      });
    },
  };
}

function toPageQuery({ catalog, resultId, columns }: ResultRelation, { offset, limit, sort }: PageOf): string {
  const select = `SELECT * EXCLUDE (${rowIndex}) FROM ${catalog}.${resultId}`;
  if (sort === undefined) return `${select} ORDER BY ${rowIndex} LIMIT ${limit} OFFSET ${offset}`;
  if (!columns.some(({ name }) => name === sort.column))
    throw new EngineError({ code: 'RESULT_COLUMN', message: `The result has no column "${sort.column}".` });
  return `${select} ORDER BY ${quoteName(sort.column)} ${sort.direction} NULLS LAST, ${rowIndex} LIMIT ${limit} OFFSET ${offset}`;
}

export function toOpenedResult({ resultId, columns, total, reportedRows, pages, problems }: ResultRelation): OpenedResult {
  return {
    resultId,
    columns: [...columns],
    total,
    ...(reportedRows === undefined ? {} : { reportedRows }),
    complete: reportedRows === undefined ? problems.length === 0 : BigInt(total) >= BigInt(reportedRows),
    pages: [...pages],
    problems: [...problems],
  };
}
