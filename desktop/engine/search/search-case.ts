import type { CallInput, CallOutput } from '../../../shared/contract/calls.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import type { SearchHit } from '../../../shared/contract/finding.ts';
import { toInstant } from '../exchange/exchange-row.ts';
import type { ReviewCase } from '../review-case.ts';
import { searchCells } from './search-cells.ts';
import { toSnippet } from './snippet.ts';

export type Search = {
  /** Case does not matter. A new search ends the one under way, which then throws EngineError SEARCH_REPLACED. */
  run(request: CallInput<'search:run'>): Promise<CallOutput<'search:run'>>;
};

const maxTextHits = 10_000;

/** Finds a text in every statement, parameter and error, and in every returned cell when asked; the last answer is kept for scrolling. */
export function createSearch(review: ReviewCase): Search {
  let kept: { readonly key: string; readonly hits: Promise<SearchHit[]>; readonly abort: AbortController } | undefined;

  async function search(needle: string, cells: boolean, signal: AbortSignal): Promise<SearchHit[]> {
    const hits = [...(await searchTexts(review, needle)), ...(cells ? await searchCells(review, needle, signal) : [])];
    if (signal.aborted) throw new EngineError({ code: 'SEARCH_REPLACED', message: 'Another search was begun.' });
    return hits;
  }

  return {
    run: async ({ text, cells, offset, limit }) => {
      const needle = text.toLowerCase();
      const key = JSON.stringify([review.revision, needle, cells]);
      if (kept?.key !== key) {
        kept?.abort.abort();
        const abort = new AbortController();
        kept = { key, abort, hits: search(needle, cells, abort.signal) };
      }
      const hits = await kept.hits;
      return { total: hits.length, hits: hits.slice(offset, offset + limit) };
    },
  };
}

async function searchTexts(review: ReviewCase, needle: string): Promise<SearchHit[]> {
  const rows = await review.database.all(
    `SELECT e.exchange_id, e.number, e.started_at, e.who, found.place, found.text FROM (
       SELECT number, 'sql' AS place, sql AS text FROM statement WHERE contains(sql_lower, $1)
       UNION ALL SELECT number, 'parameter', parameters::VARCHAR FROM statement WHERE contains(lower(parameters::VARCHAR), $1)
       UNION ALL SELECT number, 'error', error_message FROM job WHERE contains(lower(error_message), $1)
     ) found JOIN exchange e USING (number) ORDER BY number LIMIT ${maxTextHits}`,
    [needle],
  );
  return rows.map((row) => ({
    exchangeId: String(row['exchange_id']),
    number: Number(row['number']),
    at: toInstant(row['started_at']),
    who: String(row['who']),
    where: row['place'] as SearchHit['where'],
    ...toSnippet(String(row['text']), needle),
  }));
}
