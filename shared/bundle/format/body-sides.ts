// Without schemas, as limits.ts is: threads that read nothing but frames need no more.
/**
 * `cells` is no HTTP message: beside an answer that was not kept, for each row and each of its columns in turn, HMAC-SHA-256(content key of the
 * gateway, JCS of the value) cut to 16 bytes. Whoever holds the key can tell whether a value left; nobody can read it.
 */
export const bodySides = ['request', 'upstream-request', 'response', 'upstream-response', 'cells'] as const;
export type BodySide = (typeof bodySides)[number];
