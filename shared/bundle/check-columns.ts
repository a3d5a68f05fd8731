import type { ColumnSalts, ColumnsLeaf, DisclosureValue } from './format.ts';
import { CELL_BYTES, REDACTED_VALUE } from './format.ts';
import { digestNames, type KeptAnswer } from './recent-answers.ts';
import { digestTable, parseResultTable, type ResultTable } from './result-columns.ts';
import type { Report } from './verification.ts';

export type RecordedColumns = {
  readonly leaf: ColumnsLeaf;
  readonly value: DisclosureValue<'result-columns'>;
  readonly salts: ColumnSalts;
  readonly answer: KeptAnswer | undefined;
  /** Digests that the custody log declares as taken out. */
  readonly redacted: ReadonlySet<string>;
};

const TAKEN_OUT = JSON.stringify(REDACTED_VALUE);

/**
 * Column digests against the answer. A column whose salt is gone must be declared, and must be gone from the answer; everything else of the
 * answer must be what was recorded. Returns what a reader wants to know.
 */
export function checkColumns(recorded: RecordedColumns, report: Report): { readonly matching: number; readonly takenOut: string[] } {
  const { leaf, value, salts, answer, redacted } = recorded;
  const fault = (detail: string, status: 'failed' | 'missing' = 'failed'): void => report.fault('columns', leaf.exchangeId, detail, status);
  const nothing = { matching: 0, takenOut: [] };
  if (salts.columns.length !== value.columns.length) {
    fault(`it has ${value.columns.length} columns and salts for ${salts.columns.length}`);
    return nothing;
  }
  for (const [index, [name, digest]] of value.columns.entries()) {
    const isGone = salts.columns[index]!.salt === undefined;
    if (isGone && !redacted.has(digest))
      fault(`the salt of its column ${name} is missing, and nobody declared to have taken it out`, 'missing');
    if (!isGone && redacted.has(digest)) fault(`its column ${name} was taken out, but its salt is still there`);
  }
  checkCells(recorded, fault);
  if (answer?.body === undefined) {
    const isLeft = salts.rest !== undefined || salts.columns.some(({ salt }) => salt !== undefined);
    if (answer?.wasKept !== false && isLeft) fault('its answer was taken out, but salts of its columns are still there');
    return nothing;
  }
  const table = parseResultTable(answer.body, answer.isConverted);
  if (table === undefined) {
    fault('its answer holds no rows that could have been digested');
    return nothing;
  }
  return compare(recorded, table, answer.isConverted, fault);
}

function checkCells({ value, answer }: RecordedColumns, fault: (detail: string) => void): void {
  const expected = value.rows * value.columns.length * CELL_BYTES;
  if (answer?.cellBytes !== undefined && answer.cellBytes !== expected) fault('its cells are not as many as rows and columns make');
  if (answer?.cellNames !== undefined && answer.cellNames !== digestNames(value.columns.map(([name]) => name)))
    fault('its columns are not called as those of its cells');
}

function compare(
  { leaf: _, value, salts }: RecordedColumns,
  table: ResultTable,
  isConverted: boolean,
  fault: (detail: string) => void,
): { readonly matching: number; readonly takenOut: string[] } {
  const found = digestTable(table, { columns: salts.columns.map(({ salt }) => salt), rest: salts.rest });
  if (found.rows !== value.rows || found.columns.length !== value.columns.length)
    fault('its answer has other rows or columns than were recorded');
  if (found.rest !== value.rest) fault('what surrounds the rows of its answer is not what was recorded');
  const takenOut: string[] = [];
  let matching = 0;
  for (const [index, [name, digest]] of value.columns.entries()) {
    const column = found.columns[index];
    if (column === undefined) continue;
    if (column[0] !== name) fault(`its column ${name} is called ${column[0]}`);
    if (column[1] === digest) matching += 1;
    else if (column[1] !== undefined) fault(`its column ${name} does not match its digest`);
    else if (table.rows.every((row) => row[index] === TAKEN_OUT)) takenOut.push(name);
    else fault(`its column ${name} was declared as taken out, and holds values`);
  }
  if (isConverted !== takenOut.length > 0)
    fault(
      isConverted
        ? 'its answer was rebuilt, though no column is taken out'
        : 'its answer is whole, though a column is declared as taken out',
    );
  return { matching, takenOut };
}
