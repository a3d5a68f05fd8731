// Signature Version 4 as Amazon's "Authenticating Requests (AWS Signature Version 4)" describes it, verified from the raw request.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Refusal } from './s3-refusal.ts';

export type SignedBy = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly region: string };

const MAX_SKEW_MS = 15 * 60_000;
const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;

/** Throws what S3 answers to an unsigned, wrongly signed, or late request. */
export function checkSignature(request: IncomingMessage, { accessKeyId, secretAccessKey, region }: SignedBy, now: number): void {
  const match = authorization.exec(request.headers.authorization ?? '');
  if (match === null) throw new S3Refusal(403, 'AccessDenied', 'Anonymous requests are not allowed');
  const [, key, day, signedRegion, names, signature] = match as unknown as [string, string, string, string, string, string];
  if (key !== accessKeyId) throw new S3Refusal(403, 'InvalidAccessKeyId', `The AWS Access Key Id ${key} does not exist in our records.`);
  if (signedRegion !== region) {
    throw new S3Refusal(400, 'AuthorizationHeaderMalformed', `The region '${signedRegion}' is wrong; expecting '${region}'`);
  }
  const date = String(request.headers['x-amz-date'] ?? '');
  if (!date.startsWith(day) || Math.abs(toMilliseconds(date) - now) > MAX_SKEW_MS) {
    throw new S3Refusal(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.');
  }
  requireSigned(request, names.split(';'));
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonicalRequest(request, names))].join('\n');
  const signingKey = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, text) => hmac(secret, text),
    `AWS4${secretAccessKey}`,
  );
  if (!timingSafeEqual(hmac(signingKey, toSign), Buffer.from(signature, 'hex'))) {
    throw new S3Refusal(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.');
  }
}

/** Whatever steers the request must be under the signature. */
function requireSigned({ headers }: IncomingMessage, names: readonly string[]): void {
  const needed = Object.keys(headers).filter((each) => each === 'host' || each.startsWith('x-amz-') || each === 'content-md5');
  const loose = needed.filter((each) => !names.includes(each));
  if (loose.length > 0) throw new S3Refusal(403, 'AccessDenied', `There were headers present which were not signed: ${loose.join(', ')}`);
}

function canonicalRequest(request: IncomingMessage, names: string): string {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://double');
  const query = [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const headers = names.split(';').map(
    (name) =>
      `${name}:${String(request.headers[name] ?? '')
        .trim()
        .replaceAll(/ +/g, ' ')}\n`,
  );
  return [request.method, pathname, query.join('&'), headers.join(''), names, request.headers['x-amz-content-sha256']].join('\n');
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const toMilliseconds = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')) || 0;
