// Every refusal the gateway can give: what a client sees when the gateway, not BigQuery, says no.
import { type ErrorEnvelope, toErrorEnvelope } from '../shared/bigquery/error-envelope.ts';
import type { ErrorReason } from '../shared/bigquery/error-reason.ts';

type CatalogueEntry = {
  readonly status: number;
  readonly reason: ErrorReason;
  /** `{name}` is filled from the refusal's details. Ends with the remedy. */
  readonly message: string;
  readonly location?: string;
  readonly locationType?: string;
  /** Seconds; only where nothing was executed and a repeat may succeed. */
  readonly retryAfter?: number;
};

const denied = { status: 403, reason: 'accessDenied' } as const;
const invalid = { status: 400, reason: 'invalid' } as const;
const invalidQuery = { status: 400, reason: 'invalidQuery', location: 'query' } as const;
const unauthenticated = { status: 401, reason: 'authError' } as const;
const notImplemented = { status: 501, reason: 'notImplemented' } as const;
const unavailable = { status: 503, reason: 'backendError', retryAfter: 5 } as const;

export const catalogue = {
  IDENTITY_NO_TOKEN: {
    ...unauthenticated,
    message:
      'Request had no credentials: send "Authorization: Bearer TOKEN" with an OIDC token of a configured issuer, or point GOOGLE_APPLICATION_CREDENTIALS at a credential file of type external_account whose token_url is this gateway',
  },
  IDENTITY_BAD_TOKEN: {
    ...unauthenticated,
    message: 'Request had invalid authentication credentials: {why}. Get a fresh token from your issuer',
  },
  IDENTITY_TOKEN_IN_TARGET: {
    ...unauthenticated,
    message: 'Credentials in the address are not accepted ({parameter}): they end in logs. Send them in the Authorization header',
  },
  IDENTITY_KEYS_UNAVAILABLE: {
    ...unavailable,
    message: 'The keys of the issuer {issuer} cannot be fetched, so the token cannot be checked. Try again in a few seconds',
  },
  IDENTITY_INTROSPECTION_UNAVAILABLE: {
    ...unavailable,
    message: 'The issuer {issuer} cannot be asked about the token at the moment, so it cannot be checked. Try again in a few seconds',
  },

  REQUEST_MALFORMED: { ...invalid, message: '{why}. Nothing was sent to BigQuery' },
  REQUEST_BAD_JSON: { ...invalid, message: 'The request body is not acceptable JSON: {why}' },
  REQUEST_BAD_ENCODING: {
    ...invalid,
    message: 'The request body is not acceptable: {why}. Send JSON in UTF-8, plain or with Content-Encoding: gzip',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    reason: 'uploadTooLarge',
    message: 'The request body is larger than {limit} bytes. Send larger data as a load job with a resumable upload',
  },
  REQUEST_NO_PROJECT: {
    ...invalid,
    message: 'The request names no project. Set quota_project_id in your credential file, or the projectId option of your client',
  },

  ROUTE_UNKNOWN: { ...notImplemented, message: 'Not implemented: {method} {path} is not a method of BigQuery v2 that this gateway offers' },
  ROUTE_NOT_OFFERED: { ...notImplemented, message: 'Not implemented: {method} is not offered: {why}' },
  ROUTE_BATCH: { ...notImplemented, message: 'Not implemented: batch requests are not offered. Send each request by itself' },
  ROUTE_WRONG_METHOD: {
    status: 405,
    reason: 'methodNotAllowed',
    message: 'The HTTP method {method} is not allowed here. Allowed: {allowed}',
  },

  CONNECTION_NONE: {
    ...denied,
    message:
      'Access Denied: Project {project}: No connection of this gateway serves the project. Ask its operator to name it under connections[].projects',
  },

  CONNECTION_NOT_AUTHORISED: {
    ...denied,
    message:
      'Access Denied: Connection {connection}: It works with your own Google account, which you have not authorised yet. Open {url}, sign in, choose Authorise, then repeat the request',
  },
  CONNECTION_AUTHORISATION_ENDED: {
    ...denied,
    message:
      'Access Denied: Connection {connection}: Your authorisation to work with your own Google account has ended ({why}). Open {url}, sign in, choose Authorise, then repeat the request',
  },

  STATEMENT_SYNTAX: { ...invalidQuery, message: '{why}' },
  STATEMENT_TOO_LARGE: { ...invalidQuery, message: 'The statement is longer than {limit} characters. Split it' },

  POLICY_DENIED: { ...denied, message: 'Access Denied: {resource}: {why}. {rule}. Exchange {exchangeId}' },
  POLICY_UNAVAILABLE: { ...denied, message: 'Access Denied: Policy unavailable (fail closed): {why}. Exchange {exchangeId}' },
  /** BigQuery's own wording, so that nobody learns which job ids exist. */
  JOB_NOT_FOUND: { status: 404, reason: 'notFound', message: 'Not found: Job {project}:{job}' },
  TABLE_NOT_FOUND: { status: 404, reason: 'notFound', message: 'Not found: Table {table}' },
  SESSION_NOT_YOURS: {
    ...denied,
    message:
      'Access Denied: Session {bigQuerySession}: It was created by someone else. Start your own with createSession. Exchange {exchangeId}',
  },

  GATEWAY_CLOSING: {
    ...unavailable,
    message: 'The request was not executed: this gateway is shutting down. Try again in a few seconds: another takes over',
  },
  RECORDER_UNAVAILABLE: {
    ...unavailable,
    message: 'The request was not executed: this gateway cannot record at the moment ({why}), and does nothing unrecorded. Try again later',
  },
  REQUEST_BAD_FIELDS: {
    status: 400,
    reason: 'invalidParameter',
    location: 'fields',
    locationType: 'parameter',
    message:
      'Invalid field selection {fields}. Name the members to keep, such as kind,jobReference/jobId,statistics(query(totalBytesBilled))',
  },
  LEDGER_UNAVAILABLE: {
    ...unavailable,
    message: 'The request was not executed: this gateway cannot tell whose jobs are whose at the moment ({why}). Try again later',
  },
  UPSTREAM_UNREACHABLE: {
    ...unavailable,
    message: 'The request was not executed: BigQuery cannot be reached from this gateway ({why}). Try again in a few seconds',
  },
  UPSTREAM_NO_CREDENTIAL: {
    ...unavailable,
    message: "The request was not executed: the gateway's own credential for BigQuery cannot be obtained ({why}). Ask its operator",
  },
  UPSTREAM_BROKE: {
    status: 502,
    reason: 'backendError',
    message:
      'The connection to BigQuery broke before it answered ({why}). The request may have been executed: look for its job before repeating it. Exchange {exchangeId}',
  },
  UPSTREAM_REDIRECT: {
    status: 502,
    reason: 'backendError',
    message: 'BigQuery answered with a redirect, which is never followed. Exchange {exchangeId}',
  },
  UPSTREAM_UNREADABLE: {
    status: 502,
    reason: 'backendError',
    message: 'The answer of BigQuery could not be read ({why}), so it cannot be shown to you safely. Exchange {exchangeId}',
  },
  /** gRPC clients do not fall back to REST, so the message tells how to. */
  STORAGE_READ_NOT_OFFERED: {
    ...denied,
    message:
      'Access Denied: BigQuery Storage Read API: It is not offered by this gateway. Read with REST instead (Python: to_dataframe(create_bqstorage_client=False); Spark, JDBC: turn the high-throughput API off). Exchange {exchangeId}',
  },
  GATEWAY_BUG: { status: 500, reason: 'internalError', message: 'The gateway failed and executed nothing further. Exchange {exchangeId}' },
} as const satisfies Record<string, CatalogueEntry>;

export type RefusalCode = keyof typeof catalogue;

/** A refusal by us: neither an error of BigQuery nor a failed transport. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly status: number;
  readonly reason: ErrorReason;
  /** Of BigQuery's answer, that came before it was refused. */
  bytesFromUpstream = 0;

  constructor(code: RefusalCode, details: Readonly<Record<string, string>> = {}) {
    const entry: CatalogueEntry = catalogue[code];
    super(entry.message.replace(/\{(\w+)\}/g, (whole, name: string) => details[name] ?? whole));
    this.code = code;
    this.status = entry.status;
    this.reason = entry.reason;
  }

  toEnvelope(): ErrorEnvelope {
    const { location, locationType }: CatalogueEntry = catalogue[this.code];
    return toErrorEnvelope({
      code: this.status,
      reason: this.reason,
      message: this.message,
      ...(location === undefined ? {} : { location }),
      ...(locationType === undefined ? {} : { locationType }),
    });
  }

  /** gRPC's trailers-only answer: its status code for this refusal, and the message percent-encoded as its protocol asks. */
  toGrpcHeaders(): string[] {
    return ['content-type', 'application/grpc', 'grpc-status', String(grpcStatus(this.status)), 'grpc-message', toGrpcText(this.message)];
  }

  /** Names and values in turn, as Node's writeHead takes them; content-length is the caller's. */
  toHeaders(): string[] {
    const { retryAfter }: CatalogueEntry = catalogue[this.code];
    const headers = [
      'content-type',
      'application/json; charset=UTF-8',
      'cache-control',
      'private, no-store',
      'x-content-type-options',
      'nosniff',
    ];
    if (this.status === 401)
      headers.push(
        'www-authenticate',
        `Bearer realm="steno", error="${this.code === 'IDENTITY_NO_TOKEN' ? 'invalid_request' : 'invalid_token'}"`,
      );
    if (retryAfter !== undefined) headers.push('retry-after', String(retryAfter));
    return headers;
  }
}

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html: UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE, INVALID_ARGUMENT, INTERNAL. */
const grpcStatus = (httpStatus: number): number => ({ 401: 16, 403: 7, 503: 14, 400: 3, 413: 3 })[httpStatus] ?? 13;

/** Percent-encoding of gRPC: only what is not printable ASCII, and the percent sign. Clients decode no more than that. */
const toGrpcText = (text: string): string => text.replaceAll(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent);
