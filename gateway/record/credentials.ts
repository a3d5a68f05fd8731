import type { Headers } from './record-input.ts';

/**
 * The last line of defence: whatever the stages before forgot, no credential is recorded, not even as a digest.
 * Names decide first; values that look like a credential are taken out whatever their name.
 */
const REMOVED = '[removed]';

const safeHeaders = new Set(
  (
    'accept accept-encoding accept-language accept-ranges age alt-svc cache-control connection content-disposition content-encoding content-language ' +
    'content-length content-location content-range content-type date etag expires host if-match if-none-match last-modified pragma range retry-after server ' +
    'transfer-encoding user-agent vary via x-goog-api-client x-goog-user-project x-goog-request-params x-goog-request-reason x-http-method-override ' +
    'x-frame-options x-xss-protection x-content-type-options x-upload-content-type x-upload-content-length traceparent tracestate x-cloud-trace-context keep-alive te'
  ).split(' '),
);
const secretName =
  /auth|cookie|token|secret|passw|api[-_]?key|credential|signature|assertion|jwt|session[-_]?(id|key)|private|bearer|^key$|^sig$|^code$|upload_?id|x-guploader-uploadid/i;
/** Words that secretName would catch although they hold no secret. */
const innocentName = /^(pagetoken|nextpagetoken|www-authenticate|x-goog-authenticated-user-email)$/i;

/** JWTs, Google's tokens and keys, GitHub's, Slack's, AWS's, private keys, `Bearer …`, `Basic …`. */
const secretValue =
  /\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*|\bya29\.[\w.-]{10,}|\bAIza[\w-]{20,}|\b1\/\/[\w-]{20,}|\bGOCSPX-[\w-]{10,}|\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bA(?:KIA|SIA)[A-Z0-9]{12,}|-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi;

type NameKind = 'safe' | 'secret' | 'unknown';
const kindsByName = new Map<string, NameKind>();

function kindOf(name: string): NameKind {
  const known = kindsByName.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const kind = safeHeaders.has(lower) || innocentName.test(lower) ? 'safe' : secretName.test(lower) ? 'secret' : 'unknown';
  if (kindsByName.size < 10_000) kindsByName.set(name, kind);
  return kind;
}

const withoutSecrets = (value: string): string => (value.length < 12 ? value : value.replace(secretValue, REMOVED));

/** Headers in order, the values of credentials replaced by `[removed]`. */
export function withoutCredentialHeaders(headers: Headers): [string, string][] {
  return headers.map(([name, value]) => {
    const kind = kindOf(name);
    if (kind === 'secret') return [name, REMOVED];
    return [name, name.length === 8 && name.toLowerCase() === 'location' ? withoutCredentialQuery(value) : withoutSecrets(value)];
  });
}

/** A request target or URL, the values of credential parameters (`access_token`, `key`, …) and user info replaced. */
export function withoutCredentialQuery(target: string): string {
  const start = target.indexOf('?');
  if (start < 0) return withoutSecrets(withoutUserInfo(target));
  const query = target.slice(start + 1).split('&');
  return withoutSecrets(`${withoutUserInfo(target.slice(0, start))}?${query.map(withoutSecretParameter).join('&')}`);
}

const withoutUserInfo = (target: string): string => target.replace(/^(https?:\/\/)[^/@]*@/i, '$1');

function withoutSecretParameter(parameter: string): string {
  const equals = parameter.indexOf('=');
  if (equals < 0) return parameter;
  const name = decodeLoosely(parameter.slice(0, equals));
  return kindOf(name) === 'secret' ? `${parameter.slice(0, equals)}=${REMOVED}` : parameter;
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Requests whose bodies are credentials both ways: token exchange, introspection, revocation, SAML. */
export function carriesCredentials(target: string, headers: Headers): boolean {
  const path = target.split('?', 1)[0]!.toLowerCase();
  if (/\/(token|oauth2?\/v\d+\/token|introspect|revoke|tokeninfo|saml\/[a-z]+|login|callback)$/.test(path)) return true;
  if (/:(generateaccesstoken|generateidtoken|signjwt|signblob)$/.test(path)) return true;
  // A long GET tunnelled through POST is a form too (googleapiclient), and evidence.
  return (
    headerValue(headers, 'content-type').startsWith('application/x-www-form-urlencoded') &&
    headerValue(headers, 'x-http-method-override') === ''
  );
}

const headerValue = (headers: Headers, wanted: string): string =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1].toLowerCase() ?? '';

/** Reasons and other free text of ours; never SQL, which is evidence. */
export const withoutSecretText = withoutSecrets;
