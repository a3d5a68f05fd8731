import { z } from 'zod';
import { keyRotationSchema, MAX_LEAF_BYTES } from '../format.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** A quiet writer writes a heartbeat every 60 s; five more for a busy machine. Longer silence is a gap. */
export const MAX_SILENCE_MS = 65_000;

/**
 * A stretch of a writer log that nobody can have shortened: the entries from `first` on stand here in full, `border` is the right border of the tree
 * before them (RFC 6962, the roots of its complete subtrees, largest first), and together they make the tree that `checkpoint` signs.
 */
export const windowFileSchema = z.strictObject({
  kind: z.literal('steno-window'),
  formatVersion: z.literal(1),
  writer: z.string().min(1).max(1_024),
  from: instant,
  to: instant,
  first: z.int().nonnegative(),
  border: z.array(sha256).max(64),
  leaves: z.array(z.string().max(MAX_LEAF_BYTES)).min(1).max(5_000_000),
  /** C2SP checkpoint of exactly `first` + number of leaves entries. */
  checkpoint: z.string().max(MAX_LEAF_BYTES),
  /** Hints, never trusted. */
  keys: z.array(z.string().max(1_024)).max(1_000),
  rotations: z.array(keyRotationSchema).max(1_000),
});
export type WindowFile = z.infer<typeof windowFileSchema>;
