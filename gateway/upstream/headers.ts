// Which headers pass, in each direction. All else stays behind: credentials, hop-by-hop fields, whatever a client would smuggle.
import type { IncomingHttpHeaders } from 'node:http';

export type HeaderList = string[];

const requestAllowed = [
  'accept',
  'accept-language',
  'content-range',
  'if-match',
  'if-none-match',
  'range',
  'traceparent',
  'user-agent',
  'x-goog-api-client',
  'x-upload-content-length',
  'x-upload-content-type',
];

const responseAllowed = new Set([
  'cache-control',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'location',
  'range',
  'retry-after',
  'vary',
  'x-goog-upload-size-received',
  'x-goog-upload-status',
  'x-goog-upload-url',
  'x-guploader-uploadid',
]);

/** Headers for BigQuery: names and values in turn. The answer is asked for plain, so that what is recorded can be read and masked. */
export function toUpstreamHeaders(
  headers: IncomingHttpHeaders,
  body: { readonly contentType?: string; readonly length?: number },
  authorization: string | undefined,
): HeaderList {
  const out: HeaderList = ['accept-encoding', 'identity'];
  for (const name of requestAllowed) {
    const value = headers[name];
    if (typeof value === 'string') out.push(name, value);
  }
  if (body.contentType !== undefined) out.push('content-type', body.contentType);
  if (body.length !== undefined) out.push('content-length', String(body.length));
  if (authorization !== undefined) out.push('authorization', authorization);
  return out;
}

/** Headers for the client. A field that stands twice keeps its first value; an answer without content has no length (RFC 9110 §8.6). */
export function toClientHeaders(headers: IncomingHttpHeaders, status: number): HeaderList {
  const out: HeaderList = [];
  for (const name in headers) {
    if (!responseAllowed.has(name) || (status === 204 && name === 'content-length')) continue;
    const value = headers[name];
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) out.push(name, first);
  }
  return out;
}

export function toPairs(list: HeaderList, without?: string): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index < list.length; index += 2) if (list[index] !== without) pairs.push([list[index]!, list[index + 1]!]);
  return pairs;
}
