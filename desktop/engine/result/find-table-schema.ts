import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import { parseTableSchema } from '../../../shared/derived/rows/find-listed-schema.ts';
import type { ReviewCase } from '../review-case.ts';
import { readTextBody } from './read-text-body.ts';
import type { ResultSource } from './result-pages.ts';

/** tabledata.list carries no schema; a tables.get of the same table in the same session does. */
export async function findTableSchema(
  review: ReviewCase,
  { source, exchanges }: ResultSource,
): Promise<readonly TableFieldSchema[] | undefined> {
  const path = exchanges[0]?.target.split('?')[0]?.replace(/\/data$/, '');
  if (path === undefined) return undefined;
  const rows = await review.database.all(
    `SELECT exchange_id FROM exchange WHERE bundle_id = $1 AND method_id = 'bigquery.tables.get' AND status = 200
     AND (target = $2 OR starts_with(target, $2 || '?')) ORDER BY number`,
    [source.bundleId, path],
  );
  for (const row of rows) {
    const text = await readTextBody(review.database, source, String(row['exchange_id']), 'response');
    const fields = text === undefined ? undefined : parseTableSchema(text);
    if (fields !== undefined) return fields;
  }
  return undefined;
}
