import canonicalize from 'canonicalize';

/** JSON in the canonical form of RFC 8785: what digests and leaves are made of. Throws on values that JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Not a JSON value');
  return text;
}
