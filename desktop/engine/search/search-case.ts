import type { CallInput, CallOutput } from '../../../shared/contract/calls.ts';
import type { SearchHit } from '../../../shared/contract/finding.ts';
import { quoteName, type SqlRow } from '../database/case-database.ts';
import { toInstant } from '../exchange/exchange-row.ts';
import type { ResultRelation, ResultRelations } from '../result/result-relations.ts';
import type { ReviewCase } from '../review-case.ts';

const around = 80;
/** Hits of one result that are told one by one; more of the same help nobody. */
const maxCellHits = 1000;

/** Finds a text in every statement, parameter and error, and in every returned cell when `cells`. Case does not matter. */
export async function searchCase(
  review: ReviewCase,
  results: ResultRelations,
  request: CallInput<'search:run'>,
): Promise<CallOutput<'search:run'>> {
  const { text, cells, offset, limit } = request;
  const needle = text.toLowerCase();
  const hits = [...(await searchTexts(review, needle)), ...(cells ? await searchCells(review, results, needle) : [])];
  return { total: hits.length, hits: hits.slice(offset, offset + limit) };
}

const maxTextHits = 10_000;

async function searchTexts(review: ReviewCase, needle: string): Promise<SearchHit[]> {
  const rows = await review.database.all(
    `SELECT e.exchange_id, e.number, e.started_at, e.who, found.place, found.text FROM (
       SELECT number, 'sql' AS place, sql AS text FROM statement WHERE contains(sql_lower, $1)
       UNION ALL SELECT number, 'parameter', parameters::VARCHAR FROM statement WHERE contains(lower(parameters::VARCHAR), $1)
       UNION ALL SELECT number, 'error', error_message FROM job WHERE contains(lower(error_message), $1)
     ) found JOIN exchange e USING (number) ORDER BY number LIMIT ${maxTextHits}`,
    [needle],
  );
  return rows.map((row) => ({ ...toWhom(row), where: row['place'] as SearchHit['where'], ...toSnippet(String(row['text']), needle) }));
}

async function searchCells(review: ReviewCase, results: ResultRelations, needle: string): Promise<SearchHit[]> {
  const sources = await review.database.all('SELECT exchange_id FROM exchange WHERE has_result ORDER BY number');
  const hits: SearchHit[] = [];
  const seen = new Set<string>();
  for (const source of sources) {
    const relation = await results.open(String(source['exchange_id'])).catch(() => undefined);
    if (relation === undefined || seen.has(relation.resultId)) continue;
    seen.add(relation.resultId);
    hits.push(...(await searchResult(review, relation, needle)));
  }
  return hits;
}

async function searchResult(review: ReviewCase, relation: ResultRelation, needle: string): Promise<SearchHit[]> {
  const first = relation.pages[0];
  if (first === undefined || relation.columns.length === 0) return [];
  const columns = relation.columns.map(
    ({ name }) =>
      `SELECT __row_index AS row_index, '${name.replaceAll("'", "''")}' AS column_name, ${quoteName(name)}::VARCHAR AS text FROM ${relation.catalog}.${relation.resultId}`,
  );
  const rows = await review.database.all(
    `SELECT e.exchange_id, e.number, e.started_at, e.who, found.* EXCLUDE (text), found.text
     FROM (${columns.join(' UNION ALL ')}) found JOIN exchange e ON e.exchange_id = $2
     WHERE contains(lower(found.text), $1) ORDER BY row_index, column_name LIMIT ${maxCellHits}`,
    [needle, first.exchangeId],
  );
  return rows.map((row) => ({
    ...toWhom(row),
    where: 'cell',
    column: String(row['column_name']),
    rowIndex: Number(row['row_index']),
    resultId: relation.resultId,
    ...toSnippet(String(row['text']), needle),
  }));
}

const toWhom = (row: SqlRow): Pick<SearchHit, 'exchangeId' | 'number' | 'at' | 'who'> => ({
  exchangeId: String(row['exchange_id']),
  number: Number(row['number']),
  at: toInstant(row['started_at']),
  who: String(row['who']),
});

/** The text around the first hit. */
export function toSnippet(text: string, needle: string): Pick<SearchHit, 'snippet' | 'start' | 'end'> {
  const at = Math.max(0, text.toLowerCase().indexOf(needle));
  const from = Math.max(0, at - around);
  const snippet = text.slice(from, at + needle.length + around);
  return { snippet, start: at - from, end: Math.min(snippet.length, at - from + needle.length) };
}
