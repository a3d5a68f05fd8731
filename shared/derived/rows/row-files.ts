import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../bigquery/schema.ts';
import { countMisfitsByResult } from '../result/cast-rows.ts';
import { resultNumber, toTextField } from '../result/result-type.ts';
import { misfitProblem, type StagedResult } from '../result/stage-result.ts';
import type { TableWriter } from '../table-writer.ts';
import { rowsPath } from './result-table.sql.ts';
import { castStage, createRowFile, openStage, type RowFile } from './row-file.ts';

export type Problem = { readonly number?: number | undefined; readonly problem: string };

/** A result whose rows are staged. */
export type EndedResult = {
  readonly number: number;
  readonly exchangeId: string;
  readonly staged: StagedResult;
  readonly problems: readonly Problem[];
};

export type RowFilesOptions = {
  readonly connection: DuckDBConnection;
  readonly maxFiles: number;
  /** Told now and then how many kinds of rows there are: each takes some memory until it is written. */
  readonly onKinds: (kinds: number) => Promise<void>;
  /** Takes a file that is full, or the last. */
  readonly onFull: (file: RowFile) => Promise<void>;
  /** Called for each result when it is known where its rows are, and as what. */
  readonly onPlaced: (result: EndedResult, file: RowFile | undefined) => void;
};

/** Characters of text that are staged before they are cast, whatever the number of files; and after which a file is full. */
const stageText = 12_582_912;
const fileText = 268_435_456;
/** What a result takes while it waits, besides its cells; and how many kinds of rows are staged at once: each holds room for a chunk of every column. */
const resultText = 4_096;
const maxStages = 32;

type Stage = { readonly writer: TableWriter; readonly ended: EndedResult[]; size: number };

/**
 * Rows by their columns: results with the same ones share a file. A column of which one cell does not fit its type is kept as text whole, result by
 * result. Memory holds what is staged, DuckDB the rest, on disk where need be.
 */
export class RowFiles {
  readonly #options: RowFilesOptions;
  readonly #files = new Map<string, RowFile>();
  readonly #stages = new Map<RowFile, Stage>();
  #created = 0;
  #staged = 0;

  constructor(options: RowFilesOptions) {
    this.#options = options;
  }

  /** The stage for a result with these columns, ready to be written; `undefined`: there are too many files. */
  async begin(fields: readonly TableFieldSchema[]): Promise<RowFile | undefined> {
    const file = await this.#fileFor(fields);
    if (file === undefined || this.#stages.has(file)) return file;
    if (this.#stages.size === maxStages) await this.#settle();
    const writer = await openStage(this.#options.connection, file);
    this.#stages.set(file, { writer, ended: [], size: 0 });
    return file;
  }

  write(file: RowFile, result: number, index: number, cells: readonly (string | undefined)[]): void {
    const stage = this.#stages.get(file)!;
    stage.writer.write([result, index, ...cells]);
    let size = 16;
    for (const cell of cells) size += cell?.length ?? 0;
    stage.size += size;
    this.#staged += size;
  }

  /** All rows of the result are written. */
  async end(file: RowFile | undefined, result: EndedResult): Promise<void> {
    if (file === undefined) return this.#options.onPlaced(result, undefined);
    this.#stages.get(file)!.ended.push(result);
    this.#staged += resultText;
    if (this.#staged > stageText) await this.#settle();
  }

  /** Takes back what was written of a result. */
  async discard(file: RowFile, result: number): Promise<void> {
    this.#stages.get(file)!.writer.flush();
    await this.#options.connection.run(`DELETE FROM ${file.stage} WHERE ${resultNumber} = ${result}`);
  }

  async close(): Promise<void> {
    await this.#settle();
    for (const file of this.#files.values()) await this.#options.onFull(file);
    this.#files.clear();
  }

  async #fileFor(fields: readonly TableFieldSchema[]): Promise<RowFile | undefined> {
    const key = JSON.stringify(fields.map(toShape));
    const known = this.#files.get(key);
    if (known !== undefined || this.#created === this.#options.maxFiles) return known;
    this.#created += 1;
    if (this.#created % maxStages === 0) await this.#options.onKinds(this.#created);
    const file = await createRowFile(this.#options.connection, fields, rowsPath(this.#created), this.#created);
    this.#files.set(key, file);
    return file;
  }

  /** Casts what is staged; results stay whole, so that every one of them is in one file. */
  async #settle(): Promise<void> {
    for (const [file, stage] of this.#stages) {
      stage.writer.close();
      await this.#place(file, stage);
      await this.#options.connection.run(`DROP TABLE ${file.stage}`);
      file.size += stage.size;
    }
    this.#stages.clear();
    this.#staged = 0;
    for (const [key, file] of this.#files) {
      if (file.size < fileText) continue;
      await this.#options.onFull(file);
      this.#files.delete(key);
    }
  }

  async #place(file: RowFile, { ended }: Stage): Promise<void> {
    const { connection, onPlaced } = this.#options;
    const numbers = ended.map(({ number }) => number);
    const misfits = await countMisfitsByResult(connection, file.stage, file.fields, numbers);
    const odd = [...misfits.keys()].join(', ');
    await castStage(connection, file, file, odd === '' ? 'true' : `${resultNumber} NOT IN (${odd})`);
    for (const result of ended) {
      const counts = misfits.get(result.number);
      if (counts === undefined) onPlaced(result, file);
      else await this.#placeOdd(file, result, counts);
    }
  }

  async #placeOdd(file: RowFile, result: EndedResult, counts: readonly bigint[]): Promise<void> {
    const fields = file.fields.map((field, at) => (counts[at] === 0n ? field : toTextField(field)));
    const told = file.fields.flatMap((field, at) => (counts[at] === 0n ? [] : [{ problem: misfitProblem(counts[at]!, field) }]));
    const other = await this.#fileFor(fields);
    if (other !== undefined) await castStage(this.#options.connection, file, other, `${resultNumber} = ${result.number}`);
    const { staged, problems } = result;
    this.#options.onPlaced(
      { ...result, staged: { ...staged, fields: withText(staged.fields, counts) }, problems: [...problems, ...told] },
      other,
    );
  }
}

/** What makes a column another; BigQuery tells more of it. */
function toShape({ name, type, mode, fields }: TableFieldSchema): unknown {
  return [name, type.toUpperCase(), mode?.toUpperCase() === 'REPEATED', (fields ?? []).map(toShape)];
}

const withText = (fields: readonly TableFieldSchema[], counts: readonly bigint[]): TableFieldSchema[] =>
  fields.map((field, at) => (counts[at] === 0n ? field : toTextField(field)));
