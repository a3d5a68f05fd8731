import type { BodySide } from '../../../shared/contract/exchange.ts';
import { encodingOf, readBodyText } from '../../../shared/derived/result/read-body-text.ts';
import type { CaseBundle } from '../case-bundle.ts';
import type { CaseDatabase } from '../database/case-database.ts';

/** A whole body as text, its content encoding undone; `undefined` when none was recorded. Throws when it is longer than any page of BigQuery's. */
export async function readTextBody(
  database: CaseDatabase,
  source: CaseBundle,
  exchangeId: string,
  side: BodySide,
): Promise<string | undefined> {
  const [head] = await database.all('SELECT h.* FROM head h JOIN exchange e USING (number) WHERE e.exchange_id = $1', [exchangeId]);
  const headers = head?.[side.endsWith('request') ? 'request_headers' : 'response_headers'];
  return readBodyText(source.bundle, exchangeId, side, encodingOf(headers));
}
