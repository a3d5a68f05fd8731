// The one value that grows on its way through the stages. A stage fills its own fields and reads those of the stages before it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { createExchangeId, type ExchangeId } from '../shared/base/ids.ts';
import type { MethodMatch } from '../shared/bigquery/match-method.ts';
import type { UploadCommand } from '../shared/bigquery/upload-command.ts';
import type { StatementFacts } from '../shared/googlesql/describe-script.ts';

/** `direct`: told another endpoint. `proxy`: CONNECT, TLS ended under Google's own name. `universe`: told another domain in place of googleapis.com. */
export type Door = 'direct' | 'proxy' | 'universe';

/** Who acts. Identity is (issuer, subject); the rest is for policy and display. */
export type Principal = {
  readonly kind: 'agent' | 'person';
  readonly issuer: string;
  readonly subject: string;
  readonly email?: string;
  readonly name?: string;
  readonly groups: readonly string[];
  /** RFC 8693 `act`: who acts for the subject; the current actor first, then whoever acted before it. */
  readonly actChain: readonly string[];
  /** From the exchange's audience or a configured claim. */
  readonly sessionName?: string;
};

/** Somebody came in or went out, or was turned away. */
export type AccessEvent = {
  readonly kind:
    | 'token-exchange'
    | 'token-revoke'
    | 'sign-in'
    | 'sign-out'
    | 'credential-issue'
    | 'credential-revoke'
    | 'account-authorise'
    | 'account-withdraw';
  /** Undefined while nobody knows who it is. */
  readonly principal: Principal | undefined;
  /** Name of the session that it belongs to; `default` unless told. */
  readonly session?: string | undefined;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Why not; free of credentials. */
  readonly refusal?: string;
};

/** Writes down who came in. Durable when resolved; rejects where nothing can be recorded. */
export type RecordAccess = (request: IncomingMessage, event: AccessEvent) => Promise<void>;

export type SessionRef = { readonly sessionId: string; readonly name: string; readonly startedAt: Date };

export type RequestBody = {
  /** Verbatim, as the client sent it. */
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  /** The validated object; undefined where the method takes no JSON. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Keys we do not know, as paths; never forwarded. */
  readonly dropped: readonly string[];
};

export type TablePath = { readonly projectId: string; readonly datasetId: string; readonly tableId: string };

/** An upload whose media is not read: what goes before and after the job's JSON, the rest is still in the request. */
export type Upload = {
  readonly before: Buffer;
  readonly after: Buffer;
  /** Of the whole body as the client declared it. */
  readonly length: number | undefined;
  /** Bytes of the client's JSON, which ours takes the place of. */
  readonly replaced?: number;
};

/** What a dry run at BigQuery said. Bytes are int64 as text. */
export type DryRunFacts = {
  readonly statementType: string | undefined;
  readonly totalBytesProcessed: string;
  readonly totalBytesProcessedAccuracy: string | undefined;
  readonly referencedTables: readonly TablePath[];
};

/** The SQL inside an exchange, understood. */
export type Statement = {
  readonly sql: string;
  readonly fingerprint: string;
  readonly isScript: boolean;
  readonly statementType: string;
  readonly parts: readonly StatementFacts[];
  readonly parameters: unknown;
  readonly useLegacySql: boolean;
  readonly isDryRun: boolean;
  readonly defaultDataset: { readonly projectId: string; readonly datasetId: string } | undefined;
  /** BigQuery's own session that it runs in. */
  readonly bigQuerySession: string | undefined;
  dryRun: DryRunFacts | undefined;
};

export type JobRef = { readonly projectId: string; readonly jobId: string; readonly location?: string };

/** One question to the policy: may this principal do `action` to `resource`? */
export type Wish = {
  readonly action: string;
  readonly resource: Resource;
  /** Of a wildcard over a dataset: every table whose name begins so. */
  readonly tablePrefix?: string;
};
export type Resource = { readonly type: 'Project' | 'Dataset' | 'Table' | 'Routine' | 'Column'; readonly id: string };

export type Decision = {
  readonly effect: 'allow' | 'deny' | 'error';
  /** Ids of the rules that decided. */
  readonly rules: readonly string[];
  readonly reason?: string;
  readonly policyDigest: string;
};

/** What the exchange needs of the recorder; `gateway/record` provides it, tests double it. */
export type Recording = {
  requestBody(bytes: Uint8Array): boolean;
  upstreamRequest(request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body?: Uint8Array;
  }): void;
  durable(): Promise<void>;
  responseHead(status: number, headers: readonly (readonly [string, string])[]): void;
  responseBody(bytes: Uint8Array): boolean;
  upstreamResponseBody(bytes: Uint8Array): boolean;
  drained(): Promise<void>;
  end(facts: Ending): Promise<void>;
};

export type Outcome = 'answered' | 'refused' | 'upstream-error' | 'transport-failed' | 'aborted';

export type Ending = {
  readonly outcome: Outcome;
  readonly status?: number | undefined;
  readonly framing: 'complete' | 'close-delimited' | 'truncated';
  readonly reason?: string | undefined;
  readonly bytesFromUpstream: number;
  readonly bytesToClient: number;
  readonly timings: Timings;
  readonly job?: JobStatistics | undefined;
};

/** What the answer said about its job; int64 as text. */
export type JobStatistics = {
  readonly jobReference?: JobRef;
  readonly totalBytesProcessed?: string;
  readonly totalBytesBilled?: string;
  readonly totalRows?: string;
  readonly numDmlAffectedRows?: string;
  readonly cacheHit?: boolean;
  readonly statementType?: string;
  readonly referencedTables?: readonly string[];
  /** BigQuery's ErrorProto. */
  readonly errorResult?: unknown;
};

/** Milliseconds since the exchange began, per stage passed. */
export type Timings = {
  identity: number;
  inspect: number;
  policy: number;
  intentDurable: number;
  upstreamFirstByte: number;
  upstreamLastByte: number;
};

/** The address that a client reached us by, as it says itself. */
export const originOf = ({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>, door: Door): string =>
  `${door !== 'direct' || socket instanceof TLSSocket ? 'https' : 'http'}://${headers.host ?? 'localhost'}`;

export class Exchange {
  readonly id: ExchangeId = createExchangeId();
  readonly at = new Date();
  readonly timings: Timings = { identity: 0, inspect: 0, policy: 0, intentDurable: 0, upstreamFirstByte: 0, upstreamLastByte: 0 };
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly door: Door;
  /** After an honoured X-HTTP-Method-Override. */
  httpMethod: string;
  target: string;
  /** Undefined until routed, and for what is no method of BigQuery. */
  call: MethodMatch | undefined = undefined;
  principal: Principal | undefined = undefined;
  session: SessionRef | undefined = undefined;
  body: RequestBody | undefined = undefined;
  upload: Upload | undefined = undefined;
  /** Where the client speaks of its upload by commands, and is to be answered so. */
  uploadCommand: UploadCommand | undefined = undefined;
  projectId: string | undefined = undefined;
  /** Name of the configured connection that serves the project. */
  connection: string | undefined = undefined;
  statement: Statement | undefined = undefined;
  /** The job this exchange creates or asks for, as far as known. */
  job: JobRef | undefined = undefined;
  wishes: readonly Wish[] = [];
  decision: Decision | undefined = undefined;
  /** Tables that BigQuery says the job referenced and nobody judged before it ran. */
  unjudged: readonly string[] = [];
  /** What may be kept of it: everything, or digests and shapes alone. */
  content: 'full' | 'content-free' = 'full';
  recording: Recording | undefined = undefined;
  /** What the ledger keeps of it, on its way to the disk: the client learns the id of a job only after. */
  kept: Promise<void> | undefined = undefined;
  /** How it ended, once it has. */
  ending: Ending | undefined = undefined;
  readonly #begunAt = performance.now();
  #isStopped = false;

  constructor(request: IncomingMessage, response: ServerResponse, door: Door = 'direct') {
    this.request = request;
    this.response = response;
    this.door = door;
    this.httpMethod = request.method ?? 'GET';
    this.target = request.url ?? '/';
  }

  mark(stage: keyof Timings): void {
    this.timings[stage] = this.elapsedMs();
  }

  /** gRPC comes over HTTP/2, REST never. */
  get isGrpc(): boolean {
    return this.request.httpVersionMajor === 2;
  }

  /** How the client reaches this gateway, without a slash at the end; for links that must lead back here. */
  origin(publicUrl: string | undefined): string {
    return this.door === 'direct' && publicUrl !== undefined ? publicUrl.replace(/\/$/, '') : originOf(this.request, this.door);
  }

  /** The gateway ends before this exchange does: its client is let go, and the record says why. */
  stop(): void {
    this.#isStopped = true;
    this.response.destroy();
  }

  get whyAborted(): string {
    return this.#isStopped ? 'the gateway was stopped' : 'the client left';
  }

  elapsedMs(): number {
    return performance.now() - this.#begunAt;
  }

  /** Exactly once; the record is durable when it resolves. */
  end(ending: Ending): Promise<void> {
    this.ending = this.unjudged.length === 0 ? ending : { ...ending, reason: tellUnjudged(this.unjudged, ending.reason) };
    const end = this.recording!.end(this.ending);
    return this.kept === undefined ? end : Promise.all([end, this.kept]).then(() => undefined);
  }
}

const tellUnjudged = (tables: readonly string[], reason: string | undefined): string =>
  `${reason === undefined ? '' : `${reason}: `}BigQuery referenced what was not judged before: ${tables.slice(0, 20).join(', ')}`;
