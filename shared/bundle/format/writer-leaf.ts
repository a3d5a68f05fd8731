// One RFC 6962 tree per gateway, signed as C2SP checkpoints.
import { z } from 'zod';
import { MAX_DIGESTS_IN_LEAF } from './limits.ts';
import { count, instant, sha256, text, uuid, word } from './scalars.ts';

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

export type SessionHead = z.infer<typeof sessionHeadSchema>;
export type WriterLeaf = z.infer<typeof writerLeafSchema>;
