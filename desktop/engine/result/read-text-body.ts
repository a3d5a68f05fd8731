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
  const [head] = await database.all('SELECT h.* FROM head h JOIN exchange e USING (number) WHERE e.exchange_id = $1', [exchangeId]);
  const headers = head?.[side.endsWith('request') ? 'request_headers' : 'response_headers'];
  return readEncodedBody(source, exchangeId, side, encodingOf(headers));
}

/** `content-encoding` of headers as the table `head` keeps them. */
export const encodingOf = (headers: unknown): string | undefined => findHeader(toHeaders(headers), 'content-encoding')?.toLowerCase();

/** The same where the encoding is known: without a look into the tables, for reading many. */
export async function readEncodedBody(
  source: CaseBundle,
  exchangeId: string,
  side: BodySide,
  encoding: string | undefined,
): Promise<string | undefined> {
  const raw = await source.bundle.bodyStream(exchangeId, side);
  if (raw === undefined) return undefined;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of encoding === undefined || encoding === 'identity' ? raw : decode(raw, encoding)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the body is larger than ${maxBytes} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}
