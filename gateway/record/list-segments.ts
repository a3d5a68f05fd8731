import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isSegmentName } from './segment-file.ts';

export const journalFolder = (directory: string): string => path.join(directory, 'journal');
export const quarantineFolder = (directory: string): string => path.join(directory, 'quarantine');

/** Paths of all segments, in the order of writing. */
export function listSegments(directory: string): string[] {
  const folder = journalFolder(directory);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(isSegmentName)
    .sort()
    .map((name) => path.join(folder, name));
}

/** `EPOCH-NUMBER`. */
export const segmentId = (file: string): string => path.basename(file, '.journal');
/** What lies where in a finished segment. */
export const segmentIndexFile = (file: string): string => path.join(path.dirname(file), `${segmentId(file)}.index`);

/** What retired segments held of the writer log. */
export const retiredLogFolder = (directory: string): string => path.join(directory, 'log');
export const retiredLogFile = (directory: string, segment: string): string => path.join(retiredLogFolder(directory), `${segment}.ndjson`);
