// Reads a JWT without trusting it: which issuer and key it claims, after everything that could steer the verification is refused.
import { hasRepeatedKey } from './has-repeated-key.ts';

export type DecodedToken = {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly type: string | undefined;
  readonly issuer: string;
};

/** Header parameters that would let the sender choose the key or the rules (RFC 7515 §4.1, RFC 7797). */
const steering = ['jku', 'jwk', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64', 'zip', 'enc', 'cty'];
const acceptedTypes = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);
const maximumKeyIdLength = 256;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether a token is anything but a JWT, so that only its issuer can say what it is worth. */
export function isOpaque(token: string): boolean {
  const [header, ...others] = token.split('.');
  return others.length !== 2 || parseObject(header!) === undefined;
}

/** Returns why not as text; the caller refuses. */
export function decodeToken(token: string): DecodedToken | string {
  const parts = token.split('.');
  if (parts.length !== 3) return 'the token is no signed JWT, and no issuer of opaque tokens is configured for it';
  if (!parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) return 'the token is not signed, or not base64url';
  const header = parseObject(parts[0]!);
  const payload = parseObject(parts[1]!);
  if (header === undefined || payload === undefined) return 'the token does not hold JSON objects, each key once';
  const refused = steering.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) return `the token header "${refused}" is not accepted`;
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string') return 'the token names no algorithm';
  if (kid !== undefined && (typeof kid !== 'string' || kid.length === 0 || kid.length > maximumKeyIdLength))
    return 'the token names an unusable key';
  if (typ !== undefined && (typeof typ !== 'string' || !acceptedTypes.has(typ.toLowerCase()))) return 'the token is of another type';
  if (typeof payload['iss'] !== 'string') return 'the token names no issuer';
  return { algorithm: alg, keyId: kid, type: typ, issuer: payload['iss'] };
}

function parseObject(part: string): Record<string, unknown> | undefined {
  try {
    const text = strictUtf8.decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && !hasRepeatedKey(text) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
