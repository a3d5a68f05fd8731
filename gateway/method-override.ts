import { Refusal } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { readBody } from './inspect/read-body.ts';

const maximumQuery = 64 * 1024;

/**
 * The two detours clients are known to take: Java sends PATCH as POST, googleapiclient sends a long GET as POST with the query in the body.
 * Honoured before anything is judged, so that what is judged is what is meant. Any other override is refused.
 */
export function applyOverride(exchange: Exchange): Promise<void> | undefined {
  const override = exchange.request.headers['x-http-method-override'];
  if (override === undefined) return undefined;
  if (exchange.httpMethod === 'POST' && override === 'PATCH') {
    exchange.httpMethod = 'PATCH';
    return undefined;
  }
  if (exchange.httpMethod === 'POST' && override === 'GET') return takeQueryFromBody(exchange);
  throw new Refusal('REQUEST_MALFORMED', { why: 'X-HTTP-Method-Override may only turn POST into PATCH or GET' });
}

async function takeQueryFromBody(exchange: Exchange): Promise<void> {
  const bytes = await readBody(exchange.request, maximumQuery);
  if (exchange.target.includes('?')) throw new Refusal('REQUEST_MALFORMED', { why: 'A GET sent as POST has its whole query in the body' });
  exchange.httpMethod = 'GET';
  exchange.body = { bytes, contentType: exchange.request.headers['content-type'], dropped: [] };
  if (bytes.length > 0) exchange.target += `?${bytes.toString('latin1')}`;
}
