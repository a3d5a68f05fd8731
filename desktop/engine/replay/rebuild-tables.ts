import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Cell } from '../../../shared/bigquery/cell.ts';
import { isRepeated, parseRestType, type TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { TimestampFormat } from '../../../shared/bigquery/timestamp.ts';
import { toCellText } from '../../../shared/derived/result/cell-text.ts';
import { takeNewRows } from '../../../shared/derived/result/new-rows.ts';
import type { CaseBundle } from '../case-bundle.ts';
import { findTableSchema } from '../result/find-table-schema.ts';
import { findResultSource, readSourcePages } from '../result/result-pages.ts';
import type { ReviewCase } from '../review-case.ts';
import type { ReplayStep } from './replay-plan.ts';
import { resolveProject } from './resolve-project.ts';
import { isWholeTable } from './statement-tables.ts';

/** An answer that holds all of a table. What it shows was so from the change before it to the change after it, as far as this session knows. */
export type TableSnapshot = {
  /** `project.dataset.table`. */
  readonly table: string;
  readonly exchangeId: string;
  readonly number: number;
  /** Numbers of the exchanges, exclusive, between which the session did not change the table. */
  readonly from: number;
  readonly to: number;
  /** In words, for whoever judges the replay. */
  readonly source: string;
};

export type RebuiltTable = {
  readonly fields: readonly TableFieldSchema[];
  readonly rows: bigint /** Newline-delimited JSON. */;
  readonly path: string;
};

/** Where each needed table may be taken from. Whether the rows are really all there shows when they are read. */
export async function findSnapshots(review: ReviewCase, source: CaseBundle, steps: readonly ReplayStep[]): Promise<TableSnapshot[]> {
  const needed = new Set(steps.flatMap(({ use }) => use.needs));
  const candidates = [...(await findListings(review, source)), ...findWholeReads(steps)].filter(({ table }) => needed.has(table));
  return candidates
    .sort((a, b) => a.number - b.number)
    .map((candidate) => {
      const changes = steps.filter((step) => isChange(step, candidate.table)).map(({ number }) => number);
      const from = Math.max(0, ...changes.filter((number) => number < candidate.number));
      const to = Math.min(Number.POSITIVE_INFINITY, ...changes.filter((number) => number > candidate.number));
      return { ...candidate, from, to };
    });
}

/** A refused or failed statement changed nothing. */
const isChange = ({ effect, error, use }: ReplayStep, table: string): boolean =>
  effect === 'allow' && error === undefined && use.changes.includes(table);

type Candidate = Omit<TableSnapshot, 'from' | 'to'>;

async function findListings(review: ReviewCase, source: CaseBundle): Promise<Candidate[]> {
  const rows = await review.database.all(
    `SELECT exchange_id, number, target, project_id FROM exchange WHERE bundle_id = $1 AND method_id = 'bigquery.tabledata.list' AND has_result
       AND NOT EXISTS (FROM body b WHERE b.number = exchange.number AND b.side = 'upstream-response') ORDER BY number`,
    [source.bundleId],
  );
  return rows.flatMap((row) => {
    const match = /\/projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)\/data/.exec(
      resolveProject(String(row['target']), String(row['project_id'])),
    );
    if (match === null) return [];
    const number = Number(row['number']);
    const table = match
      .slice(1, 4)
      .map((part) => decodeURIComponent(part))
      .join('.');
    return [{ table, exchangeId: String(row['exchange_id']), number, source: `listed whole from exchange ${number} on` }];
  });
}

function findWholeReads(steps: readonly ReplayStep[]): Candidate[] {
  return steps.flatMap(({ use, sql, number, exchangeId, effect, outcome, masked, dryRun }) => {
    const [table] = use.needs;
    const isUsable = effect === 'allow' && outcome === 'answered' && !masked && !dryRun && use.needs.length === 1 && isWholeTable(sql);
    return isUsable && table !== undefined ? [{ table, exchangeId, number, source: `read whole by exchange ${number}` }] : [];
  });
}

/** Writes the rows of a snapshot; `undefined` when they are not all there, or have no schema. Nothing is made up. */
export async function rebuildTable(review: ReviewCase, exchangeId: string, path: string): Promise<RebuiltTable | undefined> {
  const resultSource = await findResultSource(review, exchangeId);
  const file = createWriteStream(path);
  let problems = 0;
  let rows = 0n;
  let fields: readonly TableFieldSchema[] | undefined;
  let reported: string | undefined;
  const onProblem = (): void => void problems++;
  for await (const page of takeNewRows(readSourcePages(review, resultSource, onProblem), onProblem)) {
    fields ??= page.fields ?? (await findTableSchema(review, resultSource));
    reported = page.reportedRows ?? reported;
    if (fields === undefined) break;
    for (const { f: cells } of page.rows) if (!file.write(toJsonLine(cells, fields, page.timestampFormat))) await once(file, 'drain');
    rows += BigInt(page.rows.length);
  }
  file.end();
  await finished(file);
  const isWhole = fields !== undefined && problems === 0 && reported !== undefined && BigInt(reported) === rows;
  return isWhole && fields !== undefined ? { fields, rows, path } : undefined;
}

const toJsonLine = (
  cells: readonly { readonly v: Cell }[],
  fields: readonly TableFieldSchema[],
  format: TimestampFormat | undefined,
): string => `${JSON.stringify(Object.fromEntries(fields.map((field, index) => [field.name, toJson(cells[index]?.v, field, format)])))}\n`;

/** A load job's JSON: scalars as exact texts, which BigQuery's loader takes for every type. */
function toJson(cell: Cell | undefined, field: TableFieldSchema, format: TimestampFormat | undefined): unknown {
  if (isRepeated(field)) {
    const element = { ...field, mode: 'NULLABLE' };
    return Array.isArray(cell) ? (cell as readonly { readonly v: Cell }[]).map((item) => toJson(item.v, element, format)) : [];
  }
  if (cell === null || cell === undefined) return null;
  if (parseRestType(field.type) === 'RECORD') {
    const cells = (cell as { readonly f?: readonly { readonly v: Cell }[] }).f ?? [];
    return Object.fromEntries((field.fields ?? []).map((each, index) => [each.name, toJson(cells[index]?.v, each, format)]));
  }
  if (parseRestType(field.type) === 'TIMESTAMP') return toCellText(cell, field, format) ?? null;
  return String(cell);
}
