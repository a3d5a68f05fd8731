/**
 * The law of a recording: every leaf and every JSON file of a bundle, as strict schemas. An unknown field is a finding, never a loss.
 * Leaves are canonical JSON (RFC 8785), flat and tagged by `kind`. What may have to be taken out later (identity, SQL, headers) is not in a leaf:
 * the leaf holds a salted digest of it, and the *disclosure* beside the leaf holds salt and value. Changes: see CHANGELOG.md.
 */
import { z } from 'zod';

export const FORMAT_VERSION = 3;
export const MAX_LEAF_BYTES = 65_535;
export const MAX_CHUNK_BYTES = 1_048_576;
export const MAX_TABLES_IN_LEAF = 200;
export const MAX_TEXT_IN_LEAF = 2_000;
export const MAX_DIGESTS_IN_LEAF = 500;
/** Answers over this size have no column digests. */
export const MAX_COLUMN_BODY_BYTES = 64 * 1_048_576;
/** Of each value in a body of side `cells`. */
export const CELL_BYTES = 16;

// ---- scalars
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
/** UTC, milliseconds: `2026-01-31T23:59:59.999Z`. */
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const count = z.int().nonnegative();
/** INT64 as BigQuery writes it in JSON: decimal digits in a string. */
const int64 = z.string().regex(/^-?\d{1,19}$/);
const word = z.string().min(1).max(1_024);
const text = z.string().max(MAX_TEXT_IN_LEAF);
/** 16 random bytes in hex; whoever lacks the salt cannot confirm a guess of the value. */
const salt = z.string().regex(/^[0-9a-f]{32}$/);
const tableNames = z.array(z.string().max(1_500)).max(MAX_TABLES_IN_LEAF);
const headers = z.array(z.tuple([z.string(), z.string()]));

// ---- parts of leaves
/**
 * `cells` is no HTTP message: beside an answer that was not kept, for each row and each of its columns in turn, HMAC-SHA-256(content key of the
 * gateway, JCS of the value) cut to 16 bytes. Whoever holds the key can tell whether a value left; nobody can read it.
 */
export const bodySides = ['request', 'upstream-request', 'response', 'upstream-response', 'cells'] as const;
export const bodySideSchema = z.enum(bodySides);
/**
 * `verbatim`: the bytes are in the bundle. `digest`: only their digest was recorded (what came from upstream before masking; content-free answers).
 * `sealed`: encrypted to the escrow's age recipients; chunks, lengths and digests speak of the clear bytes. `withheld`: not even a digest (token exchanges).
 */
export const storedForms = ['verbatim', 'digest', 'sealed', 'withheld'] as const;
const stored = z.enum(storedForms);

/** At most 1 MiB of one body: `digest` = SHA-256(salt ‖ bytes). */
export const chunkSchema = z.strictObject({
  side: bodySideSchema,
  offset: count,
  length: z.int().min(1).max(MAX_CHUNK_BYTES),
  digest: sha256,
  stored,
});
const bodySummary = z.strictObject({
  side: bodySideSchema,
  length: count,
  chunks: count,
  stored,
  /** The age file of a `sealed` body, so that a stranger can tell that it is the one that was recorded. Absent: the seal was never finished. */
  sealed: z.strictObject({ length: count, sha256 }).optional(),
});

const jobReference = z.strictObject({ projectId: word, jobId: word, location: word.optional() });

const statementFacts = z.strictObject({
  fingerprint: sha256.optional(),
  statementType: word.optional(),
  dryRun: z.boolean().optional(),
  referencedTables: tableNames,
  /** How many more tables there were than a leaf may name. */
  referencedTablesOmitted: count.optional(),
  estimate: z.strictObject({ totalBytesProcessed: int64, accuracy: word.optional() }).optional(),
});

const decision = z.strictObject({
  effect: z.enum(['allow', 'deny', 'ask', 'error']),
  rules: z.array(z.string().max(256)).max(100),
  reason: text.optional(),
  policyDigest: z.string().max(128).optional(),
});

const approvalReference = z.strictObject({
  approvalId: word,
  state: z.enum(['requested', 'approved', 'rejected', 'expired', 'withdrawn']),
});

const jobStatistics = z.strictObject({
  jobReference: jobReference.optional(),
  totalBytesProcessed: int64.optional(),
  totalBytesBilled: int64.optional(),
  totalRows: int64.optional(),
  numDmlAffectedRows: int64.optional(),
  cacheHit: z.boolean().optional(),
  statementType: word.optional(),
  referencedTables: tableNames.optional(),
  referencedTablesOmitted: count.optional(),
});

/** Microseconds since the exchange began. */
const timingsUs = z.strictObject({
  identity: count.optional(),
  policy: count.optional(),
  intentDurable: count.optional(),
  upstreamFirstByte: count.optional(),
  upstreamLastByte: count.optional(),
});

// ---- session leaves: one RFC 6962 tree per session
const leaf = {
  /** 0-based place in the session. */
  seq: count,
  /** RFC 6962 leaf hash of the leaf before; 64 zeros at seq 0. */
  prev: sha256,
  at: instant,
  /** Microseconds on the writer's monotonic clock, since the writer opened. */
  monoUs: count,
};
const exchange = { exchange: count, exchangeId: uuid };

export const sessionOpenSchema = z.strictObject({
  kind: z.literal('session-open'),
  ...leaf,
  formatVersion: z.int().positive(),
  writer: word,
  sessionId: uuid,
  /** Sessions of a writer are numbered from 1: a whole missing session shows. */
  number: z.int().positive(),
  name: word,
  startedAt: instant,
  disclosed: z.strictObject({ 'session-identity': sha256 }),
});

export const intentSchema = z.strictObject({
  kind: z.literal('intent'),
  ...leaf,
  ...exchange,
  door: word,
  httpMethod: word,
  httpVersion: word,
  methodId: word.optional(),
  projectId: word.optional(),
  connection: word.optional(),
  /** No body of this exchange is kept, and `sql` is the statement's shape with `?` for every value. Absent: all is kept. */
  content: z.literal('content-free').optional(),
  statement: statementFacts.optional(),
  job: jobReference.optional(),
  decision,
  approval: approvalReference.optional(),
  disclosed: z.strictObject({ identity: sha256, request: sha256, sql: sha256.optional(), parameters: sha256.optional() }),
});

/** A full chunk of a body still under way; the last chunks of an exchange stand in its `end` or `reconcile`. */
export const chunkLeafSchema = z.strictObject({ kind: z.literal('chunk'), ...leaf, ...exchange, chunk: chunkSchema });

export const endSchema = z.strictObject({
  kind: z.literal('end'),
  ...leaf,
  ...exchange,
  outcome: z.enum(['answered', 'refused', 'upstream-error', 'transport-failed', 'aborted']),
  status: z.int().min(100).max(599).optional(),
  framing: z.enum(['complete', 'close-delimited', 'truncated']),
  reason: text.optional(),
  bytesFromUpstream: count,
  bytesToClient: count,
  timingsUs,
  job: jobStatistics.optional(),
  bodies: z.array(bodySummary).max(bodySides.length),
  chunks: z.array(chunkSchema).max(16),
  disclosed: z.strictObject({
    response: sha256.optional(),
    'upstream-request': sha256.optional(),
    'job-error': sha256.optional(),
    'result-names': sha256.optional(),
  }),
});

/** What recovery found out about an exchange whose `end` was never written. It never claims a delivery. */
export const reconcileSchema = z.strictObject({
  kind: z.literal('reconcile'),
  ...leaf,
  ...exchange,
  state: z.enum(['done', 'failed', 'running', 'not-started', 'unknown']),
  reason: text.optional(),
  job: jobStatistics.optional(),
  bodies: z.array(bodySummary).max(bodySides.length),
  chunks: z.array(chunkSchema).max(16),
  disclosed: z.strictObject({ response: sha256.optional(), 'upstream-request': sha256.optional(), 'job-error': sha256.optional() }),
});

/**
 * What the rows of an answer were, column by column, so that one column can be taken out later and the others still be proved.
 * Comes after the end of its exchange and before the session closes; see result-columns.ts for the digests.
 */
export const columnsLeafSchema = z.strictObject({
  kind: z.literal('columns'),
  ...leaf,
  ...exchange,
  /** Why there are none although they were due: the gateway ended before they were made. Then nothing is disclosed, and no WARC record stands here. */
  missing: text.optional(),
  disclosed: z.strictObject({ 'result-columns': sha256.optional() }),
});

/** A decision made after the intent, or on an exchange that has none of its own. */
export const decisionLeafSchema = z.strictObject({ kind: z.literal('decision'), ...leaf, exchangeId: uuid, decision });

export const approvalLeafSchema = z.strictObject({
  kind: z.literal('approval'),
  ...leaf,
  exchangeId: uuid,
  approval: approvalReference,
  group: word.optional(),
  /** Digest of exactly what the approver was shown. */
  shownDigest: sha256.optional(),
  requestDigest: sha256.optional(),
  expiresAt: instant.optional(),
  reason: text.optional(),
  disclosed: z.strictObject({ identity: sha256.optional() }),
});

export const sessionCloseSchema = z.strictObject({
  kind: z.literal('session-close'),
  ...leaf,
  reason: word,
  exchanges: count,
});

export const sessionLeafSchema = z.discriminatedUnion('kind', [
  sessionOpenSchema,
  intentSchema,
  chunkLeafSchema,
  endSchema,
  reconcileSchema,
  columnsLeafSchema,
  decisionLeafSchema,
  approvalLeafSchema,
  sessionCloseSchema,
]);

// ---- writer log: one RFC 6962 tree per gateway, signed as C2SP checkpoints
const entry = { index: count, at: instant };

export const sessionHeadSchema = z.strictObject({
  kind: z.literal('session-head'),
  ...entry,
  writer: word,
  sessionId: uuid,
  number: z.int().positive(),
  name: word,
  state: z.enum(['open', 'closed', 'recovered']),
  size: count,
  root: sha256,
  openedAt: instant,
  disclosed: z.strictObject({ 'session-identity': sha256 }),
});

/** What is gone, by whom, and why. Lists of more than 500 digests stand in the receipt: `list` is the SHA-256 of its lines, each `DIGEST LF`. */
const takenOut = {
  digests: z.array(sha256).max(MAX_DIGESTS_IN_LEAF),
  list: z.strictObject({ count, sha256 }).optional(),
  by: word,
  reason: text.optional(),
};

export const writerLeafSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('writer-open'),
    ...entry,
    writer: word,
    epoch: z.int().positive(),
    software: word,
    formatVersion: z.int().positive(),
  }),
  sessionHeadSchema,
  /** Signed when nothing happened, so that "nothing happened" can be proved. */
  z.strictObject({ kind: z.literal('heartbeat'), ...entry, openSessions: count, lastSessionNumber: count }),
  z.strictObject({ kind: z.literal('policy-change'), ...entry, policyDigest: z.string().max(128), detail: text.optional() }),
  z.strictObject({ kind: z.literal('export'), ...entry, sessionId: uuid, manifestSha256: sha256, by: word, reason: text.optional() }),
  /** Nothing of what `scope` covers may be deleted, redacted or erased while the hold stands. */
  z.strictObject({
    kind: z.literal('hold'),
    ...entry,
    holdId: uuid,
    /** SHA-256 of the line `["SALT","hold-scope",{…}]`, which the receipt holds: who is under hold is nobody else's business. */
    scope: sha256,
    /** A recording that the hold was put on when it was sealed, or when the hold was placed. */
    sessionId: uuid.optional(),
    state: z.enum(['placed', 'lifted']),
    by: word,
    reason: text.optional(),
  }),
  /** Written before the first byte is deleted. */
  z.strictObject({ kind: z.literal('retention'), ...entry, sessionId: uuid, rule: word.optional(), ...takenOut }),
  /** `revision`: of the recording, without what was taken out. */
  z.strictObject({ kind: z.literal('redaction'), ...entry, sessionId: uuid, revision: count.optional(), ...takenOut }),
  /**
   * From here on checkpoints are signed by `key` too; until `overlapUntil` by the key before it as well. Whoever pinned one of the two can follow
   * to the other: this entry stands under a checkpoint that both signed.
   */
  z.strictObject({
    kind: z.literal('key-rotation'),
    ...entry,
    keyEpoch: z.int().min(2),
    key: word,
    supersedes: word,
    overlapUntil: instant,
    /** Who asked for it, and why. */
    by: word.optional(),
    reason: text.optional(),
  }),
  /** A time-stamping authority or a witness could not be reached, or could again. Recording went on. */
  z.strictObject({
    kind: z.literal('outage'),
    ...entry,
    service: z.enum(['time-stamping', 'witness']),
    name: word,
    state: z.enum(['began', 'ended']),
    detail: text.optional(),
  }),
  /** A session is sealed in the store of recordings, under the manifest of this SHA-256; again with each new revision. */
  z.strictObject({
    kind: z.literal('archive'),
    ...entry,
    sessionId: uuid,
    number: z.int().positive(),
    revision: z.int().positive(),
    manifest: sha256,
  }),
  /** The journal let go of a segment, all of whose sessions are sealed. Its entries of this log go on to exist in a file of this SHA-256. */
  z.strictObject({ kind: z.literal('segment-retired'), ...entry, segment: word, first: count, entries: count, sha256 }),
  /** The key of a subject was destroyed, and with it every recording. `subject`: SHA-256 of `["SALT","erased-subject",{…}]`, in the receipt. */
  z.strictObject({ kind: z.literal('erasure'), ...entry, subject: sha256, sessions: count, ...takenOut }),
]);

// ---- disclosures: one JSON array a line, whose SHA-256 is the digest that a leaf names (in the manner of RFC 9901)
const identity = {
  kind: z.enum(['agent', 'person']),
  issuer: z.string(),
  subject: z.string(),
};
export const disclosureValues = {
  'session-identity': z.strictObject(identity),
  identity: z.strictObject({
    ...identity,
    email: z.string().optional(),
    name: z.string().optional(),
    groups: z.array(z.string()),
    /** RFC 8693 `act` chain, outermost first. */
    actChain: z.array(z.string()),
    tool: z.string().optional(),
  }),
  request: z.strictObject({ target: z.string(), headers, clientAddress: z.string().optional() }),
  'upstream-request': z.strictObject({ method: z.string(), url: z.string(), headers }),
  sql: z.string(),
  parameters: z.json(),
  response: z.strictObject({ status: z.int().min(100).max(599), headers }),
  'job-error': z.json(),
  /** Of an answer that is not kept: what its columns are called, in their order. Whose cells its `cells` are. */
  'result-names': z.array(z.string().max(1_024)).min(1).max(10_000),
  /**
   * Column: SHA-256(its salt ‖ JCS(rows[0].f[j].v) ‖ LF ‖ JCS(rows[1].f[j].v) ‖ LF …). `rest`: SHA-256(its salt ‖ JCS(the answer without `rows`)).
   * Named as in the answer's schema; by place (`0`, `1` …) where the answer holds no schema.
   */
  'result-columns': z.strictObject({
    rows: z.int().positive(),
    columns: z
      .array(z.tuple([z.string().max(1_024), sha256]))
      .min(1)
      .max(10_000),
    rest: sha256,
  }),
} as const;
export type DisclosureName = keyof typeof disclosureValues;

export const disclosureSchema = z.union([
  z.tuple([salt, z.literal('session-identity'), disclosureValues['session-identity']]),
  z.tuple([salt, z.literal('identity'), disclosureValues.identity]),
  z.tuple([salt, z.literal('request'), disclosureValues.request]),
  z.tuple([salt, z.literal('upstream-request'), disclosureValues['upstream-request']]),
  z.tuple([salt, z.literal('sql'), disclosureValues.sql]),
  z.tuple([salt, z.literal('parameters'), disclosureValues.parameters]),
  z.tuple([salt, z.literal('response'), disclosureValues.response]),
  z.tuple([salt, z.literal('job-error'), disclosureValues['job-error']]),
  z.tuple([salt, z.literal('result-names'), disclosureValues['result-names']]),
  z.tuple([salt, z.literal('result-columns'), disclosureValues['result-columns']]),
]);

// ---- files of a bundle
export const bundlePaths = {
  manifest: 'datapackage.json',
  manifestDigest: 'datapackage-digest.json',
  leaves: 'evidence/leaves.ndjson',
  disclosures: 'evidence/disclosures.ndjson',
  salts: 'evidence/salts.ndjson',
  sessionHead: 'evidence/session-head.json',
  proof: 'evidence/session-head.tlog-proof',
  keys: 'evidence/keys.vkeys',
  custody: 'evidence/custody.ndjson',
  warc: 'archive/exchanges-0001.warc.gz',
  /** Lines of CDXJ in gzip members of at most INDEX_BLOCK_LINES lines, and where each member lies (ZipNum, as WACZ readers know it). */
  index: 'indexes/index.cdx.gz',
  indexBlocks: 'indexes/index.idx',
  pages: 'pages/pages.jsonl',
} as const;

/** Versions 1 and 2: the exporter's statement was a file of its own, the index a plain file, and salts stood in the WARC. */
export const olderPaths = { statement: 'evidence/statement.dsse.json', index: 'indexes/index.cdxj' } as const;
export const hasSaltsApart = (formatVersion: number): boolean => formatVersion >= 3;

const { salts: _salts, index: _index, indexBlocks: _blocks, ...unchangedPaths } = bundlePaths;
/** Files that every bundle of a version has. */
export const requiredPaths = (formatVersion: number): readonly string[] =>
  Object.values(hasSaltsApart(formatVersion) ? bundlePaths : { ...unchangedPaths, ...olderPaths });

export const INDEX_BLOCK_LINES = 1_024;
/** The first line of index.idx. */
export const INDEX_META = '!meta 0 {"format":"cdxj-gzip-1.0","filename":"index.cdx.gz"}';
/** Pages beyond these are not listed: whoever looks for one exchange among so many searches, and does not scroll. */
export const MAX_PAGES = 10_000;

/** Below it stand tables for fast loading, one Parquet file each, under the name of the table (shared/derived). Nothing is proved by them. */
export const DERIVED_FOLDER = 'derived/';

/** Files that a bundle may have; the manifest names those that are there, like every other. */
export const optionalPaths = {
  /** RFC 3161 time-stamp of the checkpoint. */
  timestamp: 'evidence/checkpoint.tsr',
  keyRotations: 'evidence/key-rotations.ndjson',
  consistency: 'evidence/consistency.ndjson',
  checkpointEntry: 'evidence/checkpoint-entry.json',
} as const;

const allowedPaths = (formatVersion: number): readonly string[] => [...requiredPaths(formatVersion), ...Object.values(optionalPaths)];
/**
 * Whether a bundle may hold such a file. Others would be proved by nothing, and still be found: replay tools show every archive and every list of pages.
 */
export const isBundlePath = (path: string, formatVersion: number): boolean =>
  /^derived\/[a-z0-9_-]+\.parquet$/.test(path) || allowedPaths(formatVersion).includes(path);

/** Frictionless data package as WACZ 1.1.1 asks for; `steno` is our own property. */
export const manifestSchema = z.strictObject({
  profile: z.literal('data-package'),
  wacz_version: z.literal('1.1.1'),
  title: z.string(),
  created: instant,
  software: z.string(),
  resources: z.array(
    z.strictObject({ name: z.string().min(1), path: z.string().min(1), hash: z.string().regex(/^sha256:[0-9a-f]{64}$/), bytes: count }),
  ),
  steno: z.strictObject({
    formatVersion: z.int().positive(),
    sessionId: uuid,
    sessionName: word,
    exchanges: count,
    leaves: count,
    /** True when the session was still open: the head is a moment of it, not its end. */
    snapshot: z.boolean(),
  }),
});

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'urn:steno:bundle-export:v1';
export const DSSE_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** in-toto Statement v1: "this exporter made the bundle with this manifest". */
export const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.tuple([z.strictObject({ name: z.literal('datapackage.json'), digest: z.strictObject({ sha256 }) })]),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.strictObject({
    formatVersion: z.int().positive(),
    sessionId: uuid,
    exportedAt: instant,
    exportedBy: word,
    software: word,
    reason: text.optional(),
  }),
});

export const envelopeSchema = z.strictObject({
  payloadType: z.literal(DSSE_PAYLOAD_TYPE),
  payload: z.base64(),
  signatures: z
    .array(z.strictObject({ keyid: z.string().min(1), sig: z.base64() }))
    .min(1)
    .max(16),
});

/** The file beside the manifest that WACZ asks for. It says what speaks of the manifest, and so cannot be named in it: the exporter's statement. */
const manifestDigest = { path: z.literal('datapackage.json'), hash: z.string().regex(/^sha256:[0-9a-f]{64}$/) };
export const manifestDigestSchema = z.strictObject({ ...manifestDigest, statement: envelopeSchema });
/** Of versions 1 and 2. */
export const olderManifestDigestSchema = z.strictObject(manifestDigest);

/** Who touched the bundle. Hash-chained: `prev` is the SHA-256 of the line before, 64 zeros in the first. */
export const custodySchema = z.strictObject({
  seq: count,
  prev: sha256,
  at: instant,
  action: z.enum(['exported', 'redacted', 'opened', 'searched', 'revealed']),
  by: word,
  tool: word,
  reason: text.optional(),
  /** Digests of disclosures, of chunks and of columns that were taken out by this step. */
  redacted: z.array(sha256).optional(),
});

/**
 * A line of salts.ndjson: of the bodies of one exchange, where its end stands among the leaves; one salt for each chunk. A body that was taken out is
 * not in it: its salts went first. Exchanges without salts have no line.
 */
export const bodySaltsSchema = z.strictObject({
  exchange: count,
  bodies: z
    .array(z.strictObject({ side: bodySideSchema, salts: z.array(salt).min(1) }))
    .min(1)
    .max(bodySides.length),
});

const columnSalts = { columns: z.array(z.strictObject({ salt: salt.optional() })), rest: salt.optional() };
/**
 * A line of salts.ndjson: of the columns of one answer, where its leaf `columns` stands. The salt of a column that was taken out is gone; where the
 * whole answer was, that of the rest is gone too.
 */
export const columnSaltsSchema = z.strictObject({ exchange: count, ...columnSalts });

/** Versions 1 and 2: the same in the WARC records `metadata` and `columns` of an exchange. */
export const warcMetadataSchema = z.strictObject({
  exchangeId: uuid,
  bodies: z.array(
    z.strictObject({ side: bodySideSchema, chunks: z.array(z.strictObject({ length: z.int().min(1).max(MAX_CHUNK_BYTES), salt })) }),
  ),
});
export const warcColumnSaltsSchema = z.strictObject({ exchangeId: uuid, ...columnSalts });

/**
 * WARC records of an exchange in their order. `conversion` stands instead of `response` when a column was taken out: the same answer with the text
 * `[redacted]` in place of each value of the column. `upstream-response` is the age file of a sealed body, `cells` the bytes of that body: records of
 * type `resource`, whose block is the body itself. `metadata` and `columns`: versions 1 and 2 only.
 */
export const archivedRecords = [
  'request',
  'upstream-request',
  'response',
  'conversion',
  'upstream-response',
  'cells',
  'metadata',
  'columns',
] as const;
export const REDACTED_VALUE = '[redacted]';

/** A change of the writer's key: the text of its entry in the writer log, and the C2SP proof under a checkpoint that both keys signed. */
export const keyRotationSchema = z.strictObject({ leaf: z.string().max(MAX_LEAF_BYTES), proof: z.string().max(MAX_LEAF_BYTES) });

/** The last entry under the checkpoint, and its audit path (hex): when the checkpoint was signed, as its signer claims. */
export const checkpointEntrySchema = z.strictObject({ leaf: z.string().max(MAX_LEAF_BYTES), path: z.array(sha256).max(64) });

/** An earlier checkpoint of the same writer, and the RFC 6962 proof (hex) that the log of this bundle's checkpoint goes on from it. */
export const consistencyLineSchema = z.strictObject({ size: z.int().positive(), root: sha256, proof: z.array(sha256).max(64) });

/** What follows the key and the time in a line of the index: `urn:uuid:EXCHANGE TIMESTAMP {…}`. */
export const indexEntrySchema = z.strictObject({
  url: z.string(),
  mime: z.string(),
  status: z.string().optional(),
  record: z.enum(archivedRecords),
  filename: z.string(),
  offset: z.string().regex(/^\d+$/),
  length: z.string().regex(/^\d+$/),
});

/** A line of index.idx after the first: what follows the key and the time of the block's first line. `digest`: SHA-256 of the gzip member. */
export const indexBlockSchema = z.strictObject({
  offset: count,
  length: z.int().positive(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

export type BodySide = (typeof bodySides)[number];
export type Chunk = z.infer<typeof chunkSchema>;
export type SessionLeaf = z.infer<typeof sessionLeafSchema>;
export type SessionOpen = z.infer<typeof sessionOpenSchema>;
export type Intent = z.infer<typeof intentSchema>;
export type End = z.infer<typeof endSchema>;
export type Reconcile = z.infer<typeof reconcileSchema>;
export type ColumnsLeaf = z.infer<typeof columnsLeafSchema>;
export type StoredForm = (typeof storedForms)[number];
export type SessionHead = z.infer<typeof sessionHeadSchema>;
export type WriterLeaf = z.infer<typeof writerLeafSchema>;
export type Disclosure = z.infer<typeof disclosureSchema>;
export type DisclosureValue<Name extends DisclosureName> = z.infer<(typeof disclosureValues)[Name]>;
export type Manifest = z.infer<typeof manifestSchema>;
export type Statement = z.infer<typeof statementSchema>;
export type Envelope = z.infer<typeof envelopeSchema>;
export type Custody = z.infer<typeof custodySchema>;
export type BodySalts = z.infer<typeof bodySaltsSchema>;
export type ColumnSalts = Omit<z.infer<typeof columnSaltsSchema>, 'exchange'>;
export type WarcMetadata = z.infer<typeof warcMetadataSchema>;
export type KeyRotation = z.infer<typeof keyRotationSchema>;
export type ConsistencyLine = z.infer<typeof consistencyLineSchema>;
export type IndexEntry = z.infer<typeof indexEntrySchema>;
export type IndexBlock = z.infer<typeof indexBlockSchema>;
