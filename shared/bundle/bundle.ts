import type { BodySide, DisclosureValue, End, Intent, Manifest, Reconcile, SessionHead, SessionLeaf, StoredForm } from './format.ts';

/** A body as the record knows it; `length` bytes in `chunks` chunks. `verbatim` bodies can be read, `digest` bodies only compared, `sealed` bodies opened by the escrow. */
export type BundleBody = {
  readonly side: BodySide;
  readonly length: number;
  readonly stored: StoredForm;
  readonly digests: readonly string[];
};

export type BundleExchange = {
  readonly exchangeId: string;
  /** Number of the exchange in its session, from 1. */
  readonly number: number;
  /** `seq` of the intent leaf. */
  readonly seq: number;
  readonly intent: Intent;
  /** `undefined` in a snapshot of an open session while the exchange was under way. */
  readonly end: End | Reconcile | undefined;
  /** RFC 6962 leaf hash of the intent, hex: what a report cites. */
  readonly leafHash: string;
  /** `seq` of the end leaf. */
  readonly endSeq: number | undefined;
  /** Disclosed values; `undefined` when redacted or absent (`redacted` names the former). */
  readonly identity: DisclosureValue<'identity'> | undefined;
  readonly request: DisclosureValue<'request'> | undefined;
  readonly upstreamRequest: DisclosureValue<'upstream-request'> | undefined;
  readonly sql: string | undefined;
  readonly parameters: unknown;
  readonly response: DisclosureValue<'response'> | undefined;
  readonly jobError: unknown;
  /** Names of the disclosures that a leaf promises and the bundle does not hold. */
  readonly redacted: readonly string[];
  readonly bodies: readonly BundleBody[];
};

export type BundleSession = {
  readonly sessionId: string;
  readonly number: number;
  readonly name: string;
  readonly principal: DisclosureValue<'session-identity'> | undefined;
  readonly startedAt: string;
  readonly head: SessionHead;
  readonly snapshot: boolean;
};

/** Reads one bundle; never writes to it, never extracts by name. */
export type Bundle = {
  readonly path: string;
  /** The private copy that is read, as long as it has a name. */
  readonly copyPath?: string | undefined;
  readonly manifestSha256: string;
  readonly manifest: Manifest;
  readonly session: BundleSession;
  /** As the statement says; verified only by verifyBundle. */
  readonly exporter: { readonly by: string; readonly at: string; readonly keyId: string };
  /** Every leaf in order, with its RFC 6962 leaf hash. */
  leaves(): AsyncIterable<{ readonly leaf: SessionLeaf; readonly leafHash: string }>;
  /** One leaf, by a few small reads; `undefined`: there is none. */
  leaf(seq: number): Promise<{ readonly leaf: SessionLeaf; readonly leafHash: string } | undefined>;
  /** In order of their ends (those without an end last). Memory stays bounded by the exchanges open at one time. */
  exchanges(): AsyncIterable<BundleExchange>;
  /** One body as archived; whether it is what was recorded, verifyBundle says. `undefined`: none, not stored, or redacted. Throws BundleError. */
  body(exchangeId: string, side: BodySide): Promise<Uint8Array | undefined>;
  /** The same in pieces, for bodies of any size. */
  bodyStream(exchangeId: string, side: BodySide): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Whether columns were taken out of its answer: in place of each of their values stands `[redacted]`. */
  isConverted(exchangeId: string): Promise<boolean>;
  /** A file of the bundle by its manifest path (small ones only: at most 64 MiB). */
  file(path: string): Promise<Uint8Array | undefined>;
  /** A file of the bundle of any size, in pieces: the leaves and disclosures as NDJSON for a database's own loader. */
  fileStream(path: string): AsyncIterable<Uint8Array> | undefined;
  close(): Promise<void>;
};
