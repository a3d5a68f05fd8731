/** What S3 or the way to it answered, reduced to what may be shown: the SDK's own errors carry requests, and those carry signatures. */
export class S3Failure extends Error {
  override readonly name = 'S3Failure';
  /** S3's error code, or Node's of a failed connection: `NoSuchKey`, `AccessDenied`, `ECONNREFUSED`, `TimeoutError`. */
  readonly code: string;
  readonly status: number | undefined;

  constructor(code: string, status: number | undefined, detail: string) {
    super(`${code}${status === undefined ? '' : ` (HTTP ${status})`}: ${detail}`);
    this.code = code;
    this.status = status;
  }
}

type SdkError = Error & {
  readonly code?: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
};

export function toS3Failure(error: unknown): S3Failure {
  if (error instanceof S3Failure) return error;
  const { name, message, code, Code, $metadata } = error instanceof Error ? (error as SdkError) : (new Error(String(error)) as SdkError);
  const status = $metadata?.httpStatusCode;
  const known = Code ?? (isGeneric(name) ? code : name) ?? byStatus(status) ?? name;
  const request = $metadata?.requestId === undefined ? '' : `, request ${$metadata.requestId}`;
  return new S3Failure(isGeneric(known) ? (byStatus(status) ?? known) : known, status, `${withoutKeys(message)}${request}`);
}

const isGeneric = (name: string): boolean => ['Error', 'UnknownError', 'Unknown', 'TypeError'].includes(name) || /^\d{3}$/.test(name);

/** HEAD has no body, so no code. */
const byStatus = (status: number | undefined): string | undefined =>
  ({
    301: 'PermanentRedirect',
    400: 'BadRequest',
    403: 'AccessDenied',
    404: 'NotFound',
    409: 'Conflict',
    412: 'PreconditionFailed',
    503: 'SlowDown',
  })[status ?? 0];

/** Ids of access keys are no secret, but nothing of a credential belongs into a log. */
const withoutKeys = (text: string): string => text.replaceAll(/\b(AKIA|ASIA|AIDA|AROA)[A-Z0-9]{8,}/g, '[access key]').slice(0, 500);

const codes = (...all: string[]) => {
  const set = new Set(all);
  return (error: unknown): boolean => error instanceof S3Failure && set.has(error.code);
};

export const isNotFound = codes('NoSuchKey', 'NotFound', 'NoSuchVersion');
export const isAccessDenied = codes('AccessDenied', 'Forbidden', 'AllAccessDisabled');
/** Bytes arrived as others than were sent: worth another try. */
export const isGarbled = codes('BadDigest', 'XAmzContentSHA256Mismatch', 'IncompleteBody', 'InvalidPart');
/** Someone else wrote under this name, or we ourselves did and the answer was lost. */
export const isTaken = codes('PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchUpload', 'Conflict', 'OperationAborted');
