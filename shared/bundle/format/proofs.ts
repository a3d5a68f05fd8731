import { z } from 'zod';
import { MAX_LEAF_BYTES } from './limits.ts';
import { sha256 } from './scalars.ts';

/** A change of the writer's key: the text of its entry in the writer log, and the C2SP proof under a checkpoint that both keys signed. */
export const keyRotationSchema = z.strictObject({ leaf: z.string().max(MAX_LEAF_BYTES), proof: z.string().max(MAX_LEAF_BYTES) });

/** The last entry under the checkpoint, and its audit path (hex): when the checkpoint was signed, as its signer claims. */
export const checkpointEntrySchema = z.strictObject({ leaf: z.string().max(MAX_LEAF_BYTES), path: z.array(sha256).max(64) });

/** An earlier checkpoint of the same writer, and the RFC 6962 proof (hex) that the log of this bundle's checkpoint goes on from it. */
export const consistencyLineSchema = z.strictObject({ size: z.int().positive(), root: sha256, proof: z.array(sha256).max(64) });

export type KeyRotation = z.infer<typeof keyRotationSchema>;
export type ConsistencyLine = z.infer<typeof consistencyLineSchema>;
