import { type ErrorReason, httpCodeOf, statusOf } from './error-reason.ts';

/** One entry of an `errors` array, also the shape of a job's `errorResult`. */
export type ErrorProto = {
  readonly reason: string;
  readonly message: string;
  readonly location?: string;
  readonly debugInfo?: string;
};

export type ErrorEnvelope = {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly errors: readonly {
      readonly message: string;
      readonly domain: 'global';
      readonly reason: string;
      readonly location?: string;
      readonly locationType?: string;
    }[];
    readonly status: string;
  };
};

export type ErrorFacts = {
  readonly reason: ErrorReason;
  readonly message: string;
  /** What is at fault: `query` for a statement, else a parameter's name. */
  readonly location?: string | undefined;
  readonly locationType?: string | undefined;
  /** Where the code differs from the reason's usual one. */
  readonly code?: number | undefined;
  readonly status?: string | undefined;
};

/** An error that is part of the answer: thrown by the sandbox and the gateway, sent in Google's envelope. */
export class BigQueryError extends Error {
  override readonly name = 'BigQueryError';
  readonly reason: ErrorReason;
  readonly code: number;
  readonly status: string;
  readonly location: string | undefined;
  readonly locationType: string | undefined;

  constructor(facts: ErrorFacts) {
    super(facts.message);
    this.reason = facts.reason;
    this.code = facts.code ?? httpCodeOf(facts.reason);
    this.status = facts.status ?? statusOf(facts.reason);
    this.location = facts.location;
    this.locationType = facts.locationType ?? (facts.location === undefined ? undefined : 'other');
  }
}

/** Google's error envelope. Clients show `errors[].message`, and some read `reason` and `location`. */
export function toErrorEnvelope(facts: ErrorFacts): ErrorEnvelope {
  const error = facts instanceof BigQueryError ? facts : new BigQueryError(facts);
  const { message, reason, code, status } = error;
  return {
    error: { code, message, errors: [{ message, domain: 'global', reason, ...toLocation(error) }], status },
  };
}

const toLocation = ({ location, locationType }: BigQueryError): { location?: string; locationType?: string } =>
  location === undefined ? {} : { location, ...(locationType === undefined ? {} : { locationType }) };

/** A job's `status.errorResult`. */
export const toErrorProto = ({ reason, message, location }: ErrorFacts): ErrorProto => ({
  reason,
  message,
  ...(location === undefined ? {} : { location }),
});

/** Reads an answer of BigQuery; undefined when the body is no error envelope. The reason may be one we do not know. */
export function parseErrorEnvelope(
  body: unknown,
): { readonly code: number; readonly reason: string; readonly message: string } | undefined {
  const error = (body as Partial<ErrorEnvelope> | undefined)?.error;
  if (typeof error?.message !== 'string' || typeof error.code !== 'number') return undefined;
  const first = Array.isArray(error.errors) ? error.errors[0] : undefined;
  return { code: error.code, message: error.message, reason: typeof first?.reason === 'string' ? first.reason : 'unknown' };
}
