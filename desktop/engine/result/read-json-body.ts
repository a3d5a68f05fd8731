import type { BodySide } from '../../../shared/contract/exchange.ts';
import type { CaseBundle } from '../case-bundle.ts';
import type { CaseDatabase } from '../database/case-database.ts';
import { findHeader, toHeaders } from '../exchange/get-exchange.ts';
import { decode } from '../exchange/read-body.ts';

/** Far above BigQuery's largest page (10 MB of JSON, or 20 for one huge row). */
const maxBytes = 256 * 1024 * 1024;

/** A whole body as text, its content encoding undone; `undefined` when none was recorded. Throws when it is longer than any page of BigQuery's. */
export async function readTextBody(
  database: CaseDatabase,
  source: CaseBundle,
  exchangeId: string,
  side: BodySide,
): Promise<string | undefined> {
  const raw = await source.bundle.bodyStream(exchangeId, side);
  if (raw === undefined) return undefined;
  const [head] = await database.all(`SELECT h.* FROM head h JOIN exchange e USING (number) WHERE e.exchange_id = $1`, [exchangeId]);
  const encoding = findHeader(
    toHeaders(head?.[side.endsWith('request') ? 'request_headers' : 'response_headers']),
    'content-encoding',
  )?.toLowerCase();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of encoding === undefined || encoding === 'identity' ? raw : decode(raw, encoding)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the body is larger than ${maxBytes} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}
