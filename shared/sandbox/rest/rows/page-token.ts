import { BigQueryError } from '../../../bigquery/error-envelope.ts';

/**
 * A token names what it pages through and where to go on, so that no state is kept between pages and a token of one job opens no other.
 * Opaque to clients; base64url, as BigQuery's.
 */
export const toPageToken = (boundTo: string, startIndex: bigint): string =>
  Buffer.from(JSON.stringify([boundTo, startIndex.toString()])).toString('base64url');

/** Where the page begins. Throws `invalid` for a token that was made for something else. */
export function parsePageToken(boundTo: string, token: string): bigint {
  const [owner, startIndex] = decode(token);
  if (owner === boundTo && typeof startIndex === 'string' && /^\d{1,19}$/.test(startIndex)) return BigInt(startIndex);
  throw new BigQueryError({ reason: 'invalid', message: `Invalid page token: ${token}`, location: 'pageToken', locationType: 'parameter' });
}

function decode(token: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
