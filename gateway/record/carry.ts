import { z } from 'zod';
import { bodySideSchema, chunkSchema, storedForms } from '../../shared/bundle/format.ts';

/** The writer's state where a segment begins: all that recovery needs of the segments before. */
const sessionStateSchema = z.strictObject({
  sessionId: z.string(),
  number: z.int().positive(),
  name: z.string(),
  openedAt: z.string(),
  identityDigest: z.string(),
  seq: z.int().nonnegative(),
  prev: z.string(),
  border: z.array(z.string()),
  exchanges: z.int().nonnegative(),
  columnsDue: z.int().nonnegative().default(0),
});

const openExchangeSchema = z.strictObject({
  session: z.int().positive(),
  exchange: z.int().positive(),
  exchangeId: z.string(),
  at: z.string(),
  methodId: z.string().optional(),
  connection: z.string().optional(),
  content: z.literal('content-free').optional(),
  job: z.strictObject({ projectId: z.string(), jobId: z.string(), location: z.string().optional() }).optional(),
  /** Chunks that no leaf names yet. */
  chunks: z.array(chunkSchema),
  bodies: z.array(z.strictObject({ side: bodySideSchema, length: z.int(), chunks: z.int(), stored: z.enum(storedForms) })),
  disclosed: z.strictObject({ response: z.string().optional(), 'upstream-request': z.string().optional() }),
});

export const carrySchema = z.strictObject({
  writerLog: z.strictObject({ size: z.int().nonnegative(), border: z.array(z.string()) }),
  lastSessionNumber: z.int().nonnegative(),
  newest: z.string().optional(),
  sessions: z.array(sessionStateSchema),
  exchanges: z.array(openExchangeSchema),
  /** The segment where the oldest answer begins whose column digests are still to come; absent: this one. */
  columnsFrom: z.string().optional(),
});

export const segmentHeadSchema = z.strictObject({
  formatVersion: z.int().positive(),
  writer: z.string(),
  epoch: z.int().positive(),
  number: z.int().positive(),
  at: z.string(),
  nonce: z.string(),
});

export type Carry = z.infer<typeof carrySchema>;
export type OpenExchangeState = z.infer<typeof openExchangeSchema>;
export type SegmentHead = z.infer<typeof segmentHeadSchema>;
