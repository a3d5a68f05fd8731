// What must come of an answer, and what the record must give as its reason.
import { type Cell, digestOf, type Expected } from './cell.ts';

/** Where the answer must be read, one that does not parse is not shown. */
export const whole = (cell: Cell, body: Buffer, more: { encoding?: string } = {}): Expected =>
  cell.way === 'list' && (more.encoding !== undefined || body !== cell.body)
    ? { kind: 'refused', code: 'UPSTREAM_UNREADABLE', bytes: body.length }
    : { kind: 'whole', status: 200, body: digestOf(body), ...(more.encoding === undefined ? {} : { encoding: more.encoding }) };
export const cut = (cell: Cell, body: Buffer, reason: RegExp): Expected =>
  cell.way === 'list' ? { kind: 'refused', code: 'UPSTREAM_BROKE', bytes: body.length } : { kind: 'cut', body: digestOf(body), reason };
export const refused = (code: string, bytes = 0): Expected => ({ kind: 'refused', code, bytes });

export const closed = /^the connection was closed$/;
export const shorter = /^(the answer was shorter than announced|the connection was closed)$/;
export const malformed = /^the answer was no well-formed HTTP/;
export const silent = /^it stopped answering$/;
