import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { consistencyProof } from '../../shared/bundle/merkle-tree.ts';
import { readCatalog } from './journal-catalog.ts';

export type Consistency = {
  /** RFC 6962 proof, hex, to be checked with isConsistent. */
  readonly proof: readonly string[];
  /** The newest signed checkpoint, as text. */
  readonly checkpoint: string;
};

/**
 * Shows the holder of an older export that the writer log only grew since: from a tree of `olderSize` entries to the newest checkpoint.
 * `undefined`: the log never was that large, so the older checkpoint is not from this journal.
 */
export function proveConsistency(directory: string, olderSize: number): Consistency | undefined {
  const { writerLog, checkpoint } = readCatalog(directory);
  const size = parseCheckpoint(checkpoint ?? '')?.checkpoint.size ?? 0;
  if (checkpoint === undefined || olderSize > size) return undefined;
  return { proof: consistencyProof(writerLog.slice(0, size), olderSize), checkpoint };
}
