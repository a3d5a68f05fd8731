import { hash } from 'node:crypto';
import { z } from 'zod';
import { checkpointEntrySchema, keyRotationSchema } from './format.ts';
import { parseStrictJson } from './strict-json.ts';

/** One text file that proves one entry of a gateway's writer log: a deletion, a hold, a redaction, an erasure. Those of version 1 know no `rotations`, no `last`. */
export const RECEIPT_VERSION = 2;
export const MAX_RECEIPT_BYTES = 64 * 1_048_576;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const receiptSchema = z.strictObject({
  receipt: z.literal([1, RECEIPT_VERSION]),
  /** The leaf of the writer log, byte for byte. */
  entry: z.string(),
  /** C2SP tlog-proof: the path from the leaf to a signed checkpoint. */
  proof: z.string(),
  /** Public keys that may help to check the signature; hints, never trusted. */
  keys: z.array(z.string()).max(1_000),
  /** Changes of keys, with their proofs: who pinned an older key can follow. */
  rotations: z.array(keyRotationSchema).max(1_000).optional(),
  /** The last entry under the checkpoint, where the key changed since the entry: it says when the checkpoint was signed. */
  last: checkpointEntrySchema.optional(),
  /** What was taken out, where the leaf names the list by its digest only. */
  digests: z.array(sha256).optional(),
  /** Salts of what the leaf names by a digest: with the value, `["SALT","NAME",VALUE]` hashes to it. */
  salts: z.record(z.string(), z.string().regex(/^[0-9a-f]{32}$/)).optional(),
});

export type Receipt = z.infer<typeof receiptSchema>;

export const formatReceipt = (receipt: Receipt): string => `${JSON.stringify(receipt, undefined, 2)}\n`;

/** `undefined`: not a receipt of ours. */
export function parseReceipt(text: string): Receipt | undefined {
  const parsed = receiptSchema.safeParse(parseStrictJson(text));
  return parsed.success ? parsed.data : undefined;
}

/** SHA-256 of a list of digests, each on a line of its own: `sha256sum` of such a file. */
export const digestOfList = (digests: readonly string[]): string => hash('sha256', digests.map((digest) => `${digest}\n`).join(''), 'hex');

/** The digest that a leaf names for a salted value. */
export const saltedDigest = (salt: string, name: string, value: unknown): string =>
  hash('sha256', JSON.stringify([salt, name, value]), 'hex');
