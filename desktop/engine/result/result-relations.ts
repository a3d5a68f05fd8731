import { EngineError } from '../../../shared/contract/failure.ts';
import type { OpenedResult, ResultPage } from '../../../shared/contract/result.ts';
import { quoteName } from '../../../shared/derived/quote.ts';
import type { ResultPageRead } from '../../../shared/derived/result/read-result-pages.ts';
import { rowIndex } from '../../../shared/derived/result/result-type.ts';
import { toCell } from '../database/to-cell.ts';
import type { ReviewCase } from '../review-case.ts';
import { type BuiltResult, buildResult, type ResultTarget, toTeller } from './build-result.ts';
import { createDerivedResults } from './derived-results.ts';
import { findTableSchema } from './find-table-schema.ts';
import { type BuildTable, dropResultFile, makeResultFile, type ResultRelation } from './result-files.ts';
import { findResultSource, type ResultSource, readSourcePages } from './result-pages.ts';

export type ResultRelations = {
  /** Makes the relation on first use. Throws EngineError EXCHANGE_UNKNOWN, RESULT_NONE. */
  open(exchangeId: string): Promise<ResultRelation>;
  /** By name, for SQL that mentions `result_17`; absent when that exchange has no rows. */
  openByNumber(number: number): Promise<ResultRelation | undefined>;
  /** A relation of rows that come from elsewhere (a replay); the caller drops it. */
  build(name: string, pages: AsyncIterable<ResultPageRead>): Promise<ResultRelation | undefined>;
  drop(relation: ResultRelation): Promise<void>;
  /** Throws EngineError RESULT_UNKNOWN, RESULT_COLUMN. */
  page(request: PageOf): Promise<ResultPage>;
  /** Those that are open. */
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

/** Each open result is an attached file: the ones not used for longest are dropped, and made again when asked for. */
const maxOpen = 100;

export function createResultRelations(review: ReviewCase): ResultRelations {
  /** In the order of their last use. */
  const open = new Map<string, Promise<ResultRelation | undefined>>();
  const done = new Map<string, ResultRelation>();
  const derived = createDerivedResults(review);

  function use(name: string, build: BuildTable): Promise<ResultRelation | undefined> {
    const relation = open.get(name) ?? make(name, build);
    open.delete(name);
    open.set(name, relation);
    return relation;
  }

  function make(name: string, build: BuildTable): Promise<ResultRelation | undefined> {
    const making = makeResultFile(review, name, build).then(async (relation) => {
      if (relation !== undefined) done.set(name, relation);
      await dropOldest();
      return relation;
    });
    // A failure is not kept: the next opening tries again.
    making.catch(() => open.delete(name));
    return making;
  }

  async function dropOldest(): Promise<void> {
    for (const name of [...open.keys()].slice(0, Math.max(0, open.size - maxOpen))) {
      const relation = done.get(name);
      if (relation === undefined) open.delete(name);
      else await drop(relation);
    }
  }

  async function drop(relation: ResultRelation): Promise<void> {
    if (!done.delete(relation.resultId)) return;
    open.delete(relation.resultId);
    await dropResultFile(review, relation);
  }

  function openSource(source: ResultSource): Promise<ResultRelation | undefined> {
    return use(`result_${source.number}`, async (target) => (await derived.build(source, target)) ?? (await rebuild(source, target)));
  }

  /** From the recorded answers themselves. */
  function rebuild(source: ResultSource, target: ResultTarget): Promise<BuiltResult | undefined> {
    const problems: string[] = [];
    const pages = readSourcePages(review, source, toTeller(problems));
    return buildResult(pages, { ...target, problems, findSchema: () => findTableSchema(review, source) });
  }

  async function openByNumber(number: number): Promise<ResultRelation | undefined> {
    const [row] = await review.database.all('SELECT exchange_id FROM exchange WHERE number = $1', [BigInt(number)]);
    if (row === undefined) return undefined;
    const source = await findResultSource(review, String(row['exchange_id']));
    return source.number === number ? openSource(source) : undefined;
  }

  /** A screen may still show a result that was dropped meanwhile. */
  async function findById(resultId: string): Promise<ResultRelation> {
    const number = /^result_(\d{1,12})$/.exec(resultId)?.[1];
    const relation = number === undefined ? done.get(resultId) : await openByNumber(Number(number));
    if (relation !== undefined) return relation;
    throw new EngineError({
      code: 'RESULT_UNKNOWN',
      message: `There is no result named "${resultId}".`,
      remedy: 'Open it by its exchange.',
    });
  }

  return {
    openByNumber,
    drop,
    open: async (exchangeId) => {
      const relation = await openSource(await findResultSource(review, exchangeId));
      if (relation !== undefined) return relation;
      const remedy = 'Its job may have returned none, or the client never fetched them.';
      throw new EngineError({ code: 'RESULT_NONE', message: 'No rows were recorded for this exchange.', remedy });
    },
    build: (name, pages) => use(name, (target) => buildResult(pages, { ...target, problems: [], findSchema: async () => undefined })),
    page: async (request) => {
      const query = toPageQuery(await findById(request.resultId), request);
      const connection = await review.database.connect();
      try {
        const reader = await review.database.gate.shared(() => connection.runAndReadAll(query));
        return { offset: request.offset, rows: reader.getRows().map((row) => row.map(toCell)) };
      } finally {
        connection.closeSync();
      }
    },
    get made() {
      return [...done.values()];
    },
    forget: async () => {
      await Promise.allSettled(open.values());
      for (const relation of [...done.values()]) await drop(relation);
      open.clear();
      await derived.forget();
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
