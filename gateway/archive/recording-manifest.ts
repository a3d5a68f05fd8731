import { z } from 'zod';

/** Of this shape, not of the leaves inside. */
export const RECORDING_VERSION = 1;
export const ENCRYPTION_SCHEME = 'aes-256-gcm-stream-64k';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const keyId = z.string().regex(/^[0-9a-f]{32}$/);
const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const count = z.int().nonnegative();
const text = z.string().max(2_000);

const encryptionSchema = z.strictObject({
  scheme: z.literal(ENCRYPTION_SCHEME),
  /** The data key, AES-KW (RFC 3394) under the subject's key, base64. */
  wrappedKey: z.base64(),
});

/** One member of the bundle: `sha256` and `bytes` of its clear bytes, `object` the name of what is stored and `stored` its bytes. */
const recordingFileSchema = z.strictObject({
  path: z.string().min(1).max(256),
  sha256,
  bytes: count,
  object: z.string().regex(/^objects\/[0-9a-f]{64}$/),
  stored: count,
  encryption: encryptionSchema,
});

/** A step of the recording's own custody, as in custody.ndjson of a bundle, without its place in the chain. */
const custodyStepSchema = z.strictObject({
  action: z.literal('redacted'),
  by: z.string().min(1).max(1_024),
  tool: z.string().min(1).max(1_024),
  at: instant,
  reason: text.optional(),
  redacted: z.array(sha256).optional(),
});

/** `recordings/NUMBER-SESSIONID/REVISION.json`: all that is known of a sealed session, and where its members lie. Nothing in it tells who the principal is. */
export const recordingManifestSchema = z.strictObject({
  version: z.literal(RECORDING_VERSION),
  software: z.string(),
  writer: z.string().min(1),
  sessionId: uuid,
  number: z.int().positive(),
  name: z.string().min(1),
  state: z.enum(['closed', 'recovered']),
  startedAt: instant,
  closedAt: instant,
  principal: z.strictObject({
    /** SHA-256 of the disclosure `session-identity`, as the leaves name it. */
    digest: sha256,
    /** Which key opens the recording; tells nothing of whose it is. */
    keyId,
    /** That disclosure, under this key, base64. */
    sealed: z.base64(),
  }),
  connections: z.array(z.string()),
  groups: z.array(z.string()),
  content: z.enum(['full', 'content-free']),
  /** Name of the retention rule that decided when the recording was sealed, and the day until which it must stay. */
  retention: z.strictObject({ rule: z.string(), until: instant.optional() }),
  /** Text of the session's last head in the writer log. */
  head: z.string(),
  exchanges: count,
  leaves: count,
  revision: z.int().positive(),
  /** SHA-256 of the manifest of the revision before. */
  supersedes: sha256.optional(),
  files: z.array(recordingFileSchema).min(1),
  custody: z.array(custodyStepSchema),
});

export type RecordingManifest = z.infer<typeof recordingManifestSchema>;
export type RecordingFile = z.infer<typeof recordingFileSchema>;
export type RecordingCustodyStep = z.infer<typeof custodyStepSchema>;

type Place = Pick<RecordingManifest, 'number' | 'sessionId'>;

export const RECORDINGS_PREFIX = 'recordings/';
/** Folder of all revisions of a recording; names sort by number. */
export const recordingFolder = ({ number, sessionId }: Place): string =>
  `${RECORDINGS_PREFIX}${String(number).padStart(10, '0')}-${sessionId}/`;
export const manifestName = (place: Place, revision: number): string =>
  `${recordingFolder(place)}${String(revision).padStart(6, '0')}.json`;
export const objectName = (sha256OfStored: string): string => `objects/${sha256OfStored}`;

export const renderManifest = (manifest: RecordingManifest): Buffer => Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`);
