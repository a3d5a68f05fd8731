// BigQuery's reasons with the HTTP code and canonical status they travel under.
// Source: https://cloud.google.com/bigquery/docs/error-messages, and answers seen on the wire. `notRecorded` is ours.
const reasons = {
  accessDenied: { code: 403, status: 'PERMISSION_DENIED' },
  authError: { code: 401, status: 'UNAUTHENTICATED' },
  backendError: { code: 503, status: 'UNAVAILABLE' },
  badRequest: { code: 400, status: 'INVALID_ARGUMENT' },
  billingNotEnabled: { code: 403, status: 'PERMISSION_DENIED' },
  billingTierLimitExceeded: { code: 400, status: 'INVALID_ARGUMENT' },
  blocked: { code: 403, status: 'PERMISSION_DENIED' },
  bytesBilledLimitExceeded: { code: 400, status: 'INVALID_ARGUMENT' },
  conditionNotMet: { code: 412, status: 'FAILED_PRECONDITION' },
  duplicate: { code: 409, status: 'ALREADY_EXISTS' },
  internalError: { code: 500, status: 'INTERNAL' },
  invalid: { code: 400, status: 'INVALID_ARGUMENT' },
  invalidParameter: { code: 400, status: 'INVALID_ARGUMENT' },
  invalidQuery: { code: 400, status: 'INVALID_ARGUMENT' },
  invalidUser: { code: 400, status: 'INVALID_ARGUMENT' },
  jobBackendError: { code: 400, status: 'INVALID_ARGUMENT' },
  jobInternalError: { code: 400, status: 'INVALID_ARGUMENT' },
  methodNotAllowed: { code: 405, status: 'INVALID_ARGUMENT' },
  notFound: { code: 404, status: 'NOT_FOUND' },
  notImplemented: { code: 501, status: 'UNIMPLEMENTED' },
  notRecorded: { code: 404, status: 'NOT_FOUND' },
  parseError: { code: 400, status: 'INVALID_ARGUMENT' },
  quotaExceeded: { code: 403, status: 'PERMISSION_DENIED' },
  rateLimitExceeded: { code: 403, status: 'PERMISSION_DENIED' },
  required: { code: 400, status: 'INVALID_ARGUMENT' },
  resourceInUse: { code: 400, status: 'FAILED_PRECONDITION' },
  resourcesExceeded: { code: 400, status: 'RESOURCE_EXHAUSTED' },
  responseTooLarge: { code: 403, status: 'PERMISSION_DENIED' },
  stopped: { code: 499, status: 'CANCELLED' },
  tableUnavailable: { code: 400, status: 'FAILED_PRECONDITION' },
  timeout: { code: 400, status: 'DEADLINE_EXCEEDED' },
  uploadTooLarge: { code: 413, status: 'INVALID_ARGUMENT' },
} as const satisfies Record<string, { code: number; status: string }>;

export type ErrorReason = keyof typeof reasons;

export const errorReasons: readonly ErrorReason[] = Object.keys(reasons) as ErrorReason[];

export const httpCodeOf = (reason: ErrorReason): number => reasons[reason].code;

export const statusOf = (reason: ErrorReason): string => reasons[reason].status;

export const isErrorReason = (text: string): text is ErrorReason => Object.hasOwn(reasons, text);
