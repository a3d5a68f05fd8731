import type { Cell, Row } from '../../../shared/bigquery/cell.ts';
import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { SearchHit } from '../../../shared/contract/finding.ts';
import { parseAnswerPage, parsePageRequest } from '../../../shared/derived/result/answer-page.ts';
import { encodingOf, readBodyText } from '../../../shared/derived/result/read-body-text.ts';
import type { CaseBundle } from '../case-bundle.ts';
import type { SqlRow } from '../database/case-database.ts';
import { toInstant } from '../exchange/exchange-row.ts';
import type { ReviewCase } from '../review-case.ts';
import { toSnippet } from './snippet.ts';

/** Hits after which the search ends: nobody reads more, and the rest of the case need not be read. */
const maxHits = 2000;

/** Where the pages of one job begin, by token; the first exchange of the job names the result. */
type JobPages = { readonly number: number; readonly starts: Map<string, number> };

/** Reads every recorded answer once, in order, and looks into its cells. Answers that cannot hold the text are not even parsed. */
export async function searchCells(review: ReviewCase, needle: string, signal: AbortSignal): Promise<SearchHit[]> {
  const rows = await review.database.all(
    `SELECT exchange_id, number, bundle_id, started_at, who, target, response_headers,
       coalesce(job_project_id || ':' || job_id, if(method_id = 'bigquery.tabledata.list', split_part(target, '?', 1), exchange_id)) AS job
     FROM exchange LEFT JOIN head USING (bundle_id, number) WHERE has_result ORDER BY number`,
  );
  const jobs = new Map<string, JobPages>();
  const hits: SearchHit[] = [];
  for (const row of rows) {
    if (signal.aborted || hits.length >= maxHits) break;
    const source = review.bundles.find((each) => each.bundleId === row['bundle_id']);
    if (source !== undefined) hits.push(...(await searchAnswer(source, row, jobs, needle)));
  }
  return hits.slice(0, maxHits);
}

async function searchAnswer(source: CaseBundle, row: SqlRow, jobs: Map<string, JobPages>, needle: string): Promise<SearchHit[]> {
  const key = `${row['bundle_id']} ${row['job']}`;
  const job = jobs.get(key) ?? { number: Number(row['number']), starts: new Map() };
  jobs.set(key, job);
  const encoding = encodingOf(row['response_headers']);
  const text = await readBodyText(source.bundle, String(row['exchange_id']), 'response', encoding).catch(() => undefined);
  if (text === undefined) return [];
  const holds = mayHold(text, needle);
  // Pages are counted even where nothing is found: a later page needs to know where it begins.
  if (!holds && !text.includes('"pageToken"')) return [];
  const page = parsePage(text);
  if (page === undefined) return [];
  const { pageToken, startIndex } = parsePageRequest(String(row['target']), undefined);
  const start = startIndex ?? (pageToken === undefined ? 0 : (job.starts.get(pageToken) ?? 0));
  if (page.nextToken !== undefined) job.starts.set(page.nextToken, start + page.rows.length);
  return holds ? findHits(page.rows, page.fields, needle).map((hit) => toHit(row, job, start, hit, needle)) : [];
}

/** JSON writes plain letters and digits as they are; other texts may stand there in escapes. */
const mayHold = (json: string, needle: string): boolean => !/^[a-z0-9 .,:@_-]+$/.test(needle) || json.toLowerCase().includes(needle);

function parsePage(text: string): ReturnType<typeof parseAnswerPage> {
  try {
    return parseAnswerPage(text);
  } catch {
    return undefined;
  }
}

type CellHit = { readonly row: number; readonly column: string; readonly text: string };

function findHits(rows: readonly Row[], fields: readonly TableFieldSchema[] | undefined, needle: string): CellHit[] {
  const hits: CellHit[] = [];
  for (const [row, { f }] of rows.entries()) {
    for (const [index, { v }] of f.entries()) {
      const text = toText(v);
      if (text.toLowerCase().includes(needle)) hits.push({ row, column: fields?.[index]?.name ?? `column_${index + 1}`, text });
    }
    if (hits.length >= maxHits) break;
  }
  return hits;
}

/** Nested cells by their leaves. */
function toText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'object') return String(cell);
  const items = 'f' in cell ? cell.f : cell;
  return items.map(({ v }) => toText(v)).join(' ');
}

const toHit = (row: SqlRow, job: JobPages, start: number, hit: CellHit, needle: string): SearchHit => ({
  exchangeId: String(row['exchange_id']),
  number: Number(row['number']),
  at: toInstant(row['started_at']),
  who: String(row['who']),
  where: 'cell',
  column: hit.column,
  rowIndex: start + hit.row,
  resultId: `result_${job.number}`,
  ...toSnippet(hit.text, needle),
});
