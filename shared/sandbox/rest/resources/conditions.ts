import { createHash } from 'node:crypto';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { Answer } from '../answer.ts';
import type { RestCall } from '../rest-call.ts';

type Tagged = { readonly etag: string };

/** Throws conditionNotMet when the client has seen another version than the one it means to change. */
export function checkIfMatch(call: RestCall, current: Tagged): void {
  const expected = call.headers['if-match'];
  if (expected === undefined || expected === '*' || namesTag(expected, current.etag)) return;
  throw new BigQueryError({
    reason: 'conditionNotMet',
    message: 'Precondition check failed.',
    location: 'If-Match',
    locationType: 'header',
  });
}

/** The resource with its etag, or 304 when the client has this version. */
export function answerTagged(call: RestCall, resource: Tagged & object): Answer {
  const known = call.headers['if-none-match'];
  if (known !== undefined && namesTag(known, resource.etag)) return { status: 304, headers: { etag: resource.etag } };
  return { headers: { etag: resource.etag }, body: resource };
}

const namesTag = (header: string, etag: string): boolean => header.split(',').some((each) => unquote(each) === unquote(etag));

const unquote = (tag: string): string => tag.trim().replace(/^W\//, '').replace(/^"|"$/g, '');

/** An etag of a list or a computed resource: equal content, equal tag. */
export const toEtag = (content: unknown): string => createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 24);
