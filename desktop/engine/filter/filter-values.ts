import type { ReviewCase } from '../review-case.ts';
import type { ValueSource } from './assist-filter.ts';

const limit = 20;

/** Values that occur in the case, most frequent first. */
export const createValueSource =
  (review: ReviewCase): ValueSource =>
  async (field, prefix) => {
    if (field.kind === 'session') {
      const rows = await review.database.all(`SELECT DISTINCT session_name AS value FROM session ORDER BY 1 LIMIT ${limit}`);
      return rows.map((row) => String(row['value']));
    }
    if (!['text', 'word', 'list'].includes(field.kind)) return [];
    const expression = field.kind === 'list' ? `unnest(${field.expression})` : field.expression;
    const rows = await review.database.all(
      `SELECT value FROM (SELECT ${expression} AS value FROM exchange) WHERE contains(lower(value), $1)
       GROUP BY value ORDER BY count(*) DESC, value LIMIT ${limit}`,
      [prefix.toLowerCase()],
    );
    return rows.map((row) => String(row['value']));
  };
