import type { Intent } from '../../shared/bundle/format.ts';

/** Header fields as they came: name, value. */
export type Headers = readonly (readonly [string, string])[];

/** INT64 values are decimal strings or bigints, never JS numbers beyond 2^53. */
export type Int64 = string | bigint | number;

export type PrincipalInput = {
  readonly kind: 'agent' | 'person';
  readonly issuer: string;
  readonly subject: string;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  /** RFC 8693 `act` chain, outermost first. */
  readonly actChain?: readonly string[] | undefined;
  /** User agent. */
  readonly tool?: string | undefined;
};

export type JobReferenceInput = { readonly projectId: string; readonly jobId: string; readonly location?: string | undefined };

export type StatementInput = {
  readonly sql: string;
  readonly fingerprint?: string | undefined;
  readonly statementType?: string | undefined;
  /** `project.dataset.table`. */
  readonly referencedTables?: readonly string[] | undefined;
  /** BigQuery's `queryParameters`, as sent. */
  readonly parameters?: unknown;
  /** The client asked for a dry run. */
  readonly dryRun?: boolean | undefined;
  /** What our own dry run said. */
  readonly estimate?: { readonly totalBytesProcessed: Int64; readonly accuracy?: string | undefined } | undefined;
};

export type DecisionInput = {
  readonly effect: Intent['decision']['effect'];
  readonly rules: readonly string[];
  readonly reason?: string | undefined;
  readonly policyDigest?: string | undefined;
};

type ApprovalState = NonNullable<Intent['approval']>['state'];

export type SessionInput = {
  /** UUID; never reused after the session closed. */
  readonly sessionId: string;
  readonly name: string;
  readonly principal: PrincipalInput;
  readonly startedAt?: Date | undefined;
};

export type IntentInput = {
  readonly exchangeId: string;
  readonly sessionId: string;
  /** When the request arrived: what a reconciler is told. The record itself is stamped by the recorder's clock. */
  readonly at?: Date | undefined;
  readonly principal: PrincipalInput;
  readonly client: { readonly address?: string | undefined; readonly door: string };
  readonly request: { readonly method: string; readonly target: string; readonly httpVersion: string; readonly headers: Headers };
  readonly methodId?: string | undefined;
  readonly projectId?: string | undefined;
  readonly connection?: string | undefined;
  readonly statement?: StatementInput | undefined;
  /** The job id the gateway assigned beforehand: what recovery asks `jobs.get` about. */
  readonly job?: JobReferenceInput | undefined;
  readonly decision: DecisionInput;
  readonly approval?: { readonly approvalId: string; readonly state: ApprovalState } | undefined;
  /** `content-free`: of bodies only digests are kept, of rows one keyed digest a value, of SQL its shape. Default: `full`. */
  readonly content?: 'full' | 'content-free' | undefined;
};

export type UpstreamRequestInput = {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  /** Only where it differs from what the client sent. */
  readonly body?: Uint8Array | undefined;
};

export type JobStatisticsInput = {
  readonly jobReference?: JobReferenceInput | undefined;
  readonly totalBytesProcessed?: Int64 | undefined;
  readonly totalBytesBilled?: Int64 | undefined;
  readonly totalRows?: Int64 | undefined;
  readonly numDmlAffectedRows?: Int64 | undefined;
  readonly cacheHit?: boolean | undefined;
  readonly statementType?: string | undefined;
  readonly referencedTables?: readonly string[] | undefined;
  /** BigQuery's ErrorProto. */
  readonly errorResult?: unknown;
};

export type EndInput = {
  readonly outcome: 'answered' | 'refused' | 'upstream-error' | 'transport-failed' | 'aborted';
  readonly status?: number | undefined;
  readonly framing: 'complete' | 'close-delimited' | 'truncated';
  readonly reason?: string | undefined;
  readonly bytesFromUpstream?: number | undefined;
  readonly bytesToClient?: number | undefined;
  /** Milliseconds since the exchange began. */
  readonly timings?:
    | {
        readonly identity?: number | undefined;
        readonly policy?: number | undefined;
        readonly intentDurable?: number | undefined;
        readonly upstreamFirstByte?: number | undefined;
        readonly upstreamLastByte?: number | undefined;
      }
    | undefined;
  readonly job?: JobStatisticsInput | undefined;
};

/** What happened beside the exchanges of a session. */
export type NoteInput =
  | { readonly kind: 'decision'; readonly sessionId: string; readonly exchangeId: string; readonly decision: DecisionInput }
  | {
      readonly kind: 'approval';
      readonly sessionId: string;
      readonly exchangeId: string;
      readonly approval: { readonly approvalId: string; readonly state: ApprovalState };
      readonly approver?: PrincipalInput | undefined;
      readonly group?: string | undefined;
      readonly shownDigest?: string | undefined;
      readonly requestDigest?: string | undefined;
      readonly expiresAt?: Date | undefined;
      readonly reason?: string | undefined;
    }
  | { readonly kind: 'policy-change'; readonly policyDigest: string; readonly detail?: string | undefined };

type TakenOutInput = { readonly digests: readonly string[]; readonly by: string; readonly reason?: string | undefined };

/** What happens to recordings after they were made; each an entry of the writer log. Shapes: writerLeafSchema. */
export type EntryInput =
  | {
      readonly kind: 'hold';
      readonly holdId: string;
      readonly scope: string;
      readonly sessionId?: string | undefined;
      readonly state: 'placed' | 'lifted';
      readonly by: string;
      readonly reason?: string | undefined;
    }
  | ({ readonly kind: 'retention'; readonly sessionId: string; readonly rule?: string | undefined } & TakenOutInput)
  | ({ readonly kind: 'redaction'; readonly sessionId: string; readonly revision?: number | undefined } & TakenOutInput)
  | ({ readonly kind: 'erasure'; readonly subject: string; readonly sessions: number } & TakenOutInput)
  | {
      readonly kind: 'archive';
      readonly sessionId: string;
      readonly number: number;
      readonly revision: number;
      /** SHA-256 of the recording's manifest. */
      readonly manifest: string;
    }
  | {
      readonly kind: 'outage';
      readonly service: 'time-stamping' | 'witness';
      readonly name: string;
      readonly state: 'began' | 'ended';
      readonly detail?: string | undefined;
    }
  | {
      readonly kind: 'segment-retired';
      /** `EPOCH-NUMBER`. */
      readonly segment: string;
      /** Its entries of the writer log, and the SHA-256 of the file that keeps them. */
      readonly first: number;
      readonly entries: number;
      readonly sha256: string;
    };

/** Where an entry stands in the writer log, and its very bytes. */
export type WriterEntry = { readonly index: number; readonly text: string };

/** An exchange that was open when the gateway died. */
export type OpenExchange = {
  readonly exchangeId: string;
  readonly sessionId: string;
  readonly at: string;
  readonly methodId?: string | undefined;
  readonly connection?: string | undefined;
  readonly content?: 'content-free' | undefined;
  readonly job?: JobReferenceInput | undefined;
};

export type ReconcileOutcome = {
  readonly state: 'done' | 'failed' | 'running' | 'not-started' | 'unknown';
  readonly reason?: string | undefined;
  readonly job?: JobStatisticsInput | undefined;
};

/** Asks BigQuery's `jobs.get` what became of an exchange. A throw or silence counts as `unknown`. */
export type Reconciler = (exchange: OpenExchange) => Promise<ReconcileOutcome>;
