import * as z from 'zod';
import { receiptSchema } from '../../shared/bundle/receipt.ts';
import { describeScope, type Hold, holdSchema, holdScopeSchema } from '../retention/hold.ts';

/** Shapes of the admin API about recordings; its OpenAPI document is made of them. */
export const act = z.object({
  by: z.string().trim().min(1, 'say who does it').max(1_024).describe('Who does it, as the log is to keep it'),
  reason: z.string().trim().min(1).max(2_000).optional().describe('Why; stands in the log and in the receipt'),
});

export const holdName = holdSchema.shape.name;
const receipt = z.string().describe('The file that proves it; "steno verify FILE" checks it anywhere');

const deletion = z.object({
  sessionId: z.string(),
  number: z.int(),
  name: z.string(),
  closedAt: z.string(),
  rule: z.string().describe('The rule that decides'),
  keep: z.string(),
  expiresAt: z.string(),
  deleteAt: z.string().describe('Later than expiresAt where the store has it locked, or deleteAfter says so'),
  objects: z.int(),
  bytes: z.number(),
  heldBy: z.array(z.string()),
});

export const plan = z.object({ at: z.string(), deletions: z.array(deletion), held: z.array(deletion), kept: z.int() });
export const deletionRun = z.object({
  deleted: z.array(deletion.extend({ receipt })),
  held: z.array(deletion),
  unfinished: z.array(z.object({ sessionId: z.string(), why: z.string() })),
});

const hold = z.object({
  holdId: z.string(),
  name: z.string(),
  scope: holdScopeSchema,
  covers: z.string(),
  by: z.string(),
  reason: z.string().optional(),
  placedAt: z.string(),
  recordings: z.int().describe('Sealed recordings that the store holds because of it'),
});
export const toHold = ({ holdId, name, scope, by, reason, placedAt, sessions }: Hold): z.output<typeof hold> => ({
  holdId,
  name,
  scope,
  covers: describeScope(scope),
  by,
  ...(reason === undefined ? {} : { reason }),
  placedAt,
  recordings: sessions.length,
});
export const holds = z.object({ holds: z.array(hold) });
export const placedHold = z.object({ hold, recordings: z.int(), receipt });
export const liftedHold = z.object({ hold, released: z.int(), receipt });

export const redacted = z.object({
  sessionId: z.string(),
  revision: z.int(),
  digests: z.int().describe('How many values, chunks and columns are gone'),
  also: z.array(z.string()).describe('What held the same text, and is gone too'),
  remains: z.array(z.string()).describe('Records that hold the text themselves, and stay: they are what is proved'),
  locked: z.array(z.string()).describe('Objects of the revision before that a retention date keeps in the store a while'),
  receipt,
});
export const redactionPreview = z.object({
  sessionId: z.string(),
  digests: z.int().describe('How many values, chunks and columns would be gone'),
  also: z.array(z.string()).describe('What holds the same text, and would be gone too'),
  remains: z.array(z.string()).describe('Records that hold the text themselves, and would stay'),
  lockedUntil: z.string().optional().describe('The old revision would stay in the store until then, under a key that is destroyed'),
  heldBy: z.array(z.string()).describe('Holds that keep it from happening'),
});
export const erasurePreview = z.object({
  recordings: z.array(z.object({ sessionId: z.string(), number: z.int(), name: z.string(), closedAt: z.string() })),
  open: z.array(z.object({ sessionId: z.string(), name: z.string() })).describe('Sessions that have to be closed first'),
  heldBy: z.array(z.string()).describe('Holds that keep it from happening'),
});
export const erased = z.object({ sessions: z.int(), closed: z.int(), receipt });
export const valueSearch = z.object({
  found: z.array(
    z.object({
      sessionId: z.string(),
      session: z.string(),
      exchange: z.int(),
      exchangeId: z.string(),
      column: z.string(),
      rows: z.int(),
      by: z.enum(['rows', 'cells']),
    }),
  ),
  sessions: z.int(),
  erased: z.int().describe('Recordings that nobody can read any more'),
});
export const receipts = z.object({ receipts: z.array(z.object({ file: z.string(), receipt: receiptSchema })) });
