import path from 'node:path';
import { type DuckDBConnection, listValue, structValue } from '@duckdb/node-api';
import type { Bundle } from '../../bundle/bundle.ts';
import type { MemberFile } from '../../bundle/member-writer.ts';
import { isMemoryTrouble, limitMemory, memoryFor } from '../memory-trouble.ts';
import { readBodyText } from '../result/read-body-text.ts';
import { maskedProblem, type ResultBodies, readResultPages } from '../result/read-result-pages.ts';
import { stageResult } from '../result/stage-result.ts';
import { openTableWriter, type TableWriter } from '../table-writer.ts';
import { writeParquet } from '../write-parquet.ts';
import { findListedSchema } from './find-listed-schema.ts';
import { type ListedExchange, type ListedResult, listResults } from './list-results.ts';
import { createResultTable, resultTablePath } from './result-table.sql.ts';
import type { RowFile } from './row-file.ts';
import { type EndedResult, type Problem, RowFiles } from './row-files.ts';

export type WriteRowsOptions = {
  /** Of the database with the bundle's filled tables. */
  readonly connection: DuckDBConnection;
  readonly folder: string;
  /** What memory a file may take to be written: runWithMemory. */
  readonly steps: readonly string[];
  /** Bytes of recorded answers to take, in the order of recording; a result that would go beyond them is left to its answers. */
  readonly maxBytes: number;
  readonly maxFiles: number;
};

/** Writes the rows of results, typed, as the review would make them of the recorded answers. Memory is bounded, whatever their size. */
export async function writeRows(bundle: Bundle, options: WriteRowsOptions): Promise<MemberFile[]> {
  const { connection, folder, steps, maxBytes, maxFiles } = options;
  await connection.run(createResultTable);
  const list = await openTableWriter(connection, 'temp', 'result');
  const members: MemberFile[] = [];
  const named = new Set<RowFile>();
  const files = new RowFiles({
    connection,
    maxFiles,
    onKinds: async (kinds) => {
      if (steps.length > 1) await limitMemory(connection, memoryFor(kinds));
    },
    onPlaced: (result, file) => {
      if (file !== undefined) named.add(file);
      list.write(toRow(result, file?.path));
    },
    onFull: async (file) => {
      if (named.delete(file)) members.push(await writeFile(options, file));
      await connection.run(`DROP TABLE ${file.table}`);
    },
  });
  let left = maxBytes;
  for await (const result of listResults(connection)) {
    if (result.bytes > left) {
      leaveOut(list, result, 'Left to the recorded answers: there was no room for its rows.');
      continue;
    }
    left -= result.bytes;
    await writeResult(bundle, options, result, files, list);
  }
  await files.close();
  list.close();
  return [...members, await writeParquet(connection, 'result', path.join(folder, 'result.parquet'), resultTablePath, steps)];
}

async function writeResult(
  bundle: Bundle,
  { connection }: WriteRowsOptions,
  result: ListedResult,
  files: RowFiles,
  list: TableWriter,
): Promise<void> {
  const { number, exchanges, isMasked } = result;
  const problems: Problem[] = isMasked ? [{ problem: maskedProblem }] : [];
  const onProblem = (problem: string, exchange?: number): void => void problems.push({ number: exchange, problem });
  let file: RowFile | undefined;
  try {
    const staged = await stageResult(readResultPages(exchanges, bodiesOf(bundle, exchanges), onProblem), {
      findSchema: () => findListedSchema(bundle, connection, exchanges[0]!.target),
      onProblem,
      begin: async (fields) => {
        const own = await files.begin(fields);
        file = own;
        return (index, cells) => own !== undefined && files.write(own, number, index, cells);
      },
    });
    if (staged !== undefined) await files.end(file, { number, exchangeId: exchanges[0]!.exchangeId, staged, problems });
  } catch (error) {
    // It may have come over others that were staged before: they are gone.
    if (isMemoryTrouble(error)) throw error;
    if (file !== undefined) await files.discard(file, number);
    leaveOut(list, result, `Left to the recorded answers: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A request without a body is not looked for. */
function bodiesOf(bundle: Bundle, exchanges: readonly ListedExchange[]): ResultBodies {
  const byId = new Map(exchanges.map((exchange) => [exchange.exchangeId, exchange]));
  return {
    readText: async ({ exchangeId }, side) => {
      const { asks, requestEncoding, responseEncoding } = byId.get(exchangeId)!;
      if (side === 'request' && !asks) return undefined;
      return await readBodyText(bundle, exchangeId, side, side === 'request' ? requestEncoding : responseEncoding);
    },
    isConverted: (exchangeId) => bundle.isConverted(exchangeId),
  };
}

async function writeFile({ connection, folder, steps }: WriteRowsOptions, { table, path: member, size }: RowFile): Promise<MemberFile> {
  return await writeParquet(connection, table, path.join(folder, path.posix.basename(member)), member, steps, size);
}

const leaveOut = (list: TableWriter, { number, exchanges }: ListedResult, problem: string): void =>
  list.write([number, exchanges[0]!.exchangeId, undefined, undefined, undefined, undefined, undefined, toProblems([{ problem }])]);

function toRow({ number, exchangeId, staged, problems }: EndedResult, file: string | undefined): Parameters<TableWriter['write']>[0] {
  const { total, reportedRows, fields, pages } = staged;
  const list = pages.map((page) =>
    structValue({ exchange_id: page.exchangeId, number: BigInt(page.number), row_count: BigInt(page.rows) }),
  );
  const told =
    file === undefined ? [...problems, { problem: 'Left to the recorded answers: there are too many kinds of rows.' }] : problems;
  const count = file === undefined ? undefined : total;
  return [number, exchangeId, file, count, reportedRows, JSON.stringify(fields), listValue(list), toProblems(told)];
}

const toProblems = (problems: readonly Problem[]) =>
  listValue(problems.map(({ number, problem }) => structValue({ number: number === undefined ? null : BigInt(number), problem })));
