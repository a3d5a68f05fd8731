import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../durable/write-durably.ts';
import { listSegments, retiredLogFolder } from './list-segments.ts';

/** Sizes of the log under checkpoints that were given away with exports, a line each. */
export const exportedFile = (directory: string): string => path.join(directory, 'exported-checkpoints');

export function exportedSizes(directory: string): number[] {
  if (!existsSync(exportedFile(directory))) return [];
  const sizes = readFileSync(exportedFile(directory), 'utf8').split('\n').map(Number);
  return sizes.filter((size) => Number.isSafeInteger(size) && size > 0);
}

/** How long the log was when the gateway last started or stopped, and under which key: what speaks of a journal of which nothing else is left. */
const markFile = (directory: string): string => path.join(directory, 'writer-log.json');
const markSchema = z.strictObject({ writer: z.string(), key: z.string(), size: z.int().positive() });
export type LogMark = z.infer<typeof markSchema>;

/**
 * To be called when so many entries are durable, never before. Where the disk refuses, the mark that is there stands: it says less, and nothing wrong.
 */
export function noteGrown(directory: string, mark: LogMark): void {
  try {
    writeDurably(markFile(directory), `${JSON.stringify(mark)}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

function readMark(directory: string): LogMark | undefined {
  try {
    return markSchema.safeParse(JSON.parse(readFileSync(markFile(directory), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/**
 * What speaks for a longer writer log than the `size` entries of this journal, as a sentence: exports and receipts that were given away, checkpoints that
 * others attested, segments that were let go of, the mark of the last start or stop. A log that began anew, or went on from an old copy, would be a fork under the same name. `undefined`: nothing does.
 */
export function findLost(directory: string, size: number): string | undefined {
  const holds = `the journal holds ${size} entries of the writer log`;
  const given = Math.max(
    0,
    ...exportedSizes(directory),
    ...attestedSizes(directory),
    ...receiptPlaces(directory).map((place) => place + 1),
  );
  if (given > size) return `${holds}, but an export or a receipt speaks of ${given}`;
  const mark = readMark(directory);
  if (mark !== undefined && mark.size > size)
    return `${holds}, but ${mark.writer} had written ${mark.size} when it last started or stopped (writer-log.json)`;
  const isGone = listSegments(directory).length === 0 && namesIn(retiredLogFolder(directory)).length > 0;
  return isGone ? 'the journal is empty, though log/ holds earlier entries of the writer log' : undefined;
}

/** `INDEX-KIND.json`: the place of each receipt's entry in the log. */
const receiptPlaces = (directory: string): number[] =>
  namesIn(path.join(directory, 'receipts'))
    .flatMap((name) => /^(\d{1,15})-[a-z-]+\.json$/.exec(name)?.[1] ?? [])
    .map(Number);

/** `SIZE.json`: of each checkpoint that a time-stamp or a witness speaks for. */
const attestedSizes = (directory: string): number[] =>
  namesIn(path.join(directory, 'attestations'))
    .flatMap((name) => /^(\d{15})\.json$/.exec(name)?.[1] ?? [])
    .map(Number);

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
