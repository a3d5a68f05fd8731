import type { TableFieldSchema } from '../../bigquery/schema.ts';
import { toCellText } from './cell-text.ts';
import { type NewRows, takeNewRows } from './new-rows.ts';
import type { OnProblem, ResultPageRead } from './read-result-pages.ts';
import { toSqlType, toTextField, withUniqueNames } from './result-type.ts';

/** A result whose rows were staged as text. */
export type StagedResult = {
  /** Under names that a table takes. */
  readonly fields: readonly TableFieldSchema[];
  readonly total: number;
  /** As BigQuery said. */
  readonly reportedRows: string | undefined;
  readonly pages: readonly { readonly exchangeId: string; readonly number: number; readonly rows: number }[];
};

export type StageOptions = {
  /** Where the answers carry no schema (tabledata.list). */
  readonly findSchema: () => Promise<readonly TableFieldSchema[] | undefined>;
  readonly onProblem: OnProblem;
  /** Called once, before the first row: returns what takes each row, its index in the result and its cells. */
  readonly begin: (fields: readonly TableFieldSchema[]) => Promise<(index: number, cells: readonly (string | undefined)[]) => void>;
};

/** Streams the rows of a result, in order and each once, as texts to be cast. `undefined`: none of the answers has columns. */
export async function stageResult(pages: AsyncIterable<ResultPageRead>, options: StageOptions): Promise<StagedResult | undefined> {
  const { onProblem } = options;
  let fields: readonly TableFieldSchema[] = [];
  let write: Awaited<ReturnType<StageOptions['begin']>> | undefined;
  let total = 0;
  let reportedRows: string | undefined;
  const told = new Set<number>();
  const used: { exchangeId: string; number: number; rows: number }[] = [];
  for await (const page of takeNewRows(pages, onProblem)) {
    const { exchangeId, number, start, rows, timestampFormat } = page;
    reportedRows = page.reportedRows ?? reportedRows;
    if (write === undefined) {
      fields = await findFields(page, options);
      if (fields.length === 0) continue;
      write = await options.begin(fields);
    }
    tellRedacted(page, fields, told, onProblem);
    for (const [index, { f: cells }] of rows.entries())
      write(
        start + index,
        fields.map((field, at) => toCellText(cells[at]?.v, field, timestampFormat)),
      );
    if (rows.length > 0 || used.length === 0) used.push({ exchangeId, number, rows: rows.length });
    total += rows.length;
  }
  return write === undefined ? undefined : { fields, total, reportedRows, pages: used };
}

async function findFields(page: NewRows, { findSchema, onProblem }: StageOptions): Promise<readonly TableFieldSchema[]> {
  const fields = page.fields ?? (await findSchema()) ?? guessFields(page.rows[0]?.f.length, onProblem);
  // In place of each value that was taken out stands a text that says so.
  return withUniqueNames(fields).map((field, index) => (page.redacted.includes(index) ? toTextField(field) : field));
}

function guessFields(count: number | undefined, onProblem: OnProblem): TableFieldSchema[] {
  if (count === undefined) return [];
  onProblem('No schema was recorded for these rows: columns are numbered and shown as text.');
  return Array.from({ length: count }, (_, index) => ({ name: `column_${index + 1}`, type: 'STRING' }));
}

function tellRedacted({ redacted }: NewRows, fields: readonly TableFieldSchema[], told: Set<number>, onProblem: OnProblem): void {
  for (const index of redacted) {
    if (told.has(index)) continue;
    told.add(index);
    onProblem(`The column "${fields[index]?.name ?? index + 1}" was taken out of the bundle: its cells hold no values.`);
  }
}

/** What is told of a column that stays text. */
export const misfitProblem = (cells: bigint, field: TableFieldSchema): string =>
  `${cells} cells of "${field.name}" are not ${toSqlType(field)}: the column is shown as text.`;
