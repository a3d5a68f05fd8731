import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listSegments, retiredLogFolder } from './list-segments.ts';

/** Sizes of the log under checkpoints that were given away with exports, a line each. */
export const exportedFile = (directory: string): string => path.join(directory, 'exported-checkpoints');

export function exportedSizes(directory: string): number[] {
  if (!existsSync(exportedFile(directory))) return [];
  const sizes = readFileSync(exportedFile(directory), 'utf8').split('\n').map(Number);
  return sizes.filter((size) => Number.isSafeInteger(size) && size > 0);
}

/**
 * What speaks for a longer writer log than the `size` entries of this journal, as a sentence: exports and receipts that were given away, segments that
 * were let go of. A log that began anew, or went on from an old copy, would be a fork under the same name. `undefined`: nothing does.
 */
export function findLost(directory: string, size: number): string | undefined {
  const given = Math.max(0, ...exportedSizes(directory), ...receiptPlaces(directory).map((place) => place + 1));
  if (given > size) return `the journal holds ${size} entries of the writer log, but an export or a receipt speaks of ${given}`;
  const isGone = listSegments(directory).length === 0 && namesIn(retiredLogFolder(directory)).length > 0;
  return isGone ? 'the journal is empty, though log/ holds earlier entries of the writer log' : undefined;
}

/** `INDEX-KIND.json`: the place of each receipt's entry in the log. */
const receiptPlaces = (directory: string): number[] =>
  namesIn(path.join(directory, 'receipts'))
    .flatMap((name) => /^(\d{1,15})-[a-z-]+\.json$/.exec(name)?.[1] ?? [])
    .map(Number);

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
