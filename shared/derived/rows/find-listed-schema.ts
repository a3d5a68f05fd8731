import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../bigquery/schema.ts';
import type { Bundle } from '../../bundle/bundle.ts';
import { parseFields } from '../result/answer-page.ts';
import { encodingOf, readBodyText } from '../result/read-body-text.ts';

/** tabledata.list carries no schema; a tables.get of the same table in the same session does. */
export async function findListedSchema(
  bundle: Bundle,
  connection: DuckDBConnection,
  target: string,
): Promise<readonly TableFieldSchema[] | undefined> {
  const path = target.split('?')[0]!.replace(/\/data$/, '');
  const reader = await connection.runAndReadAll(
    `SELECT exchange_id, response_headers FROM exchange LEFT JOIN head USING (number)
     WHERE method_id = 'bigquery.tables.get' AND status = 200 AND (target = $1 OR starts_with(target, $1 || '?')) ORDER BY number`,
    [path],
  );
  for (const [exchangeId, headers] of reader.getRows()) {
    const text = await readBodyText(bundle, String(exchangeId), 'response', encodingOf(headers)).catch(() => undefined);
    const fields = text === undefined ? undefined : parseTableSchema(text);
    if (fields !== undefined) return fields;
  }
  return undefined;
}

/** Columns as an answer of tables.get tells them. */
export function parseTableSchema(text: string): readonly TableFieldSchema[] | undefined {
  try {
    return parseFields((JSON.parse(text) as { schema?: { fields?: unknown } }).schema?.fields);
  } catch {
    return undefined;
  }
}
