import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Cell } from '../../../shared/bigquery/cell.ts';
import { isRepeated, parseRestType, type TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { TimestampFormat } from '../../../shared/bigquery/timestamp.ts';
import type { CaseBundle } from '../case-bundle.ts';
import { toCellText } from '../result/cell-text.ts';
import { findTableSchema } from '../result/find-table-schema.ts';
import { takeNewRows } from '../result/new-rows.ts';
import { findResultSource, readResultPages } from '../result/result-pages.ts';
import type { ReviewCase } from '../review-case.ts';
import type { ReplayStep } from './replay-plan.ts';
import { resolveProject } from './resolve-project.ts';
import { isWholeTable } from './statement-tables.ts';

/** A table whose content the session recorded whole, before the session changed it. */
export type RebuiltTable = {
  /** `project.dataset.table`. */
  readonly table: string;
  readonly fields: readonly TableFieldSchema[];
  readonly rows: bigint;
  /** Newline-delimited JSON. */
  readonly path: string;
  /** In words, for whoever judges the replay. */
  readonly source: string;
};

/** Rebuilds each needed table from the first answer that holds all of it. What was not recorded whole is left out: nothing is made up. */
export async function rebuildTables(
  review: ReviewCase,
  source: CaseBundle,
  steps: readonly ReplayStep[],
  directory: string,
): Promise<RebuiltTable[]> {
  const needed = new Set(steps.flatMap(({ use }) => use.needs));
  const candidates = [...(await findListings(review, source)), ...findWholeReads(steps)].sort((a, b) => a.number - b.number);
  const rebuilt = new Map<string, RebuiltTable>();
  for (const { table, exchangeId, number, source: from } of candidates) {
    if (!needed.has(table) || rebuilt.has(table) || isChangedBefore(steps, table, number)) continue;
    const written = await writeWhole(review, exchangeId, join(directory, `table-${rebuilt.size + 1}.ndjson`));
    if (written !== undefined) rebuilt.set(table, { table, ...written, source: from });
  }
  return [...rebuilt.values()];
}

type Candidate = { readonly table: string; readonly exchangeId: string; readonly number: number; readonly source: string };

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

const isChangedBefore = (steps: readonly ReplayStep[], table: string, number: number): boolean =>
  steps.some((step) => step.number < number && step.effect === 'allow' && step.use.changes.includes(table));

/** `undefined` when the rows are not all there, or have no schema. */
async function writeWhole(
  review: ReviewCase,
  exchangeId: string,
  path: string,
): Promise<Pick<RebuiltTable, 'fields' | 'rows' | 'path'> | undefined> {
  const resultSource = await findResultSource(review, exchangeId);
  const file = createWriteStream(path);
  let problems = 0;
  let rows = 0n;
  let fields: readonly TableFieldSchema[] | undefined;
  let reported: string | undefined;
  const onProblem = (): void => void problems++;
  for await (const page of takeNewRows(readResultPages(review, resultSource, onProblem), onProblem)) {
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
