import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../durable/sync-directory.ts';
import { frameTypes } from '../record/frame.ts';
import { retiredLogFile, retiredLogFolder, segmentId, segmentIndexFile } from '../record/list-segments.ts';
import { readFrames } from '../record/read-frames.ts';
import type { EntryInput } from '../record/record-input.ts';
import type { IndexedSegment } from '../record/segment-index.ts';
import type { Archive } from './archive.ts';

/** Frames about the segment itself, which nobody needs when it is gone. */
const structural: ReadonlySet<number> = new Set([frameTypes.mark, frameTypes.segment, frameTypes.carry, frameTypes.seal, frameTypes.body]);

/** The digest keeps gateways apart that share a store. */
const logObjectName = (segment: string, sha256: string): string => `log/${segment}-${sha256.slice(0, 16)}.ndjson`;

/**
 * Segments that the journal may let go of, oldest first: finished, not the last one, and every session in them settled (sealed, and the log says so).
 * The first that must stay keeps all after it, so that the journal stays one piece.
 */
export function findRetirable(segments: readonly IndexedSegment[], isSettled: (session: number) => boolean): IndexedSegment[] {
  const stays = segments.findIndex(({ isFinished, facts }) => !isFinished || ![...facts.sessions.keys()].every(isSettled));
  return segments.slice(0, stays < 0 ? -1 : Math.min(stays, segments.length - 1));
}

/**
 * Lets go of one segment: its entries of the writer log go to the store and to `log/` of the data directory, the log says so, then the file is deleted.
 * Interrupted anywhere, it is done again. `isNoted`: the log says so already.
 */
export async function retireSegment(
  archive: Archive,
  segment: IndexedSegment,
  isNoted: boolean,
  enter: (entry: EntryInput) => Promise<unknown>,
): Promise<void> {
  const id = segmentId(segment.file);
  const file = await keepLog(archive.directory, segment);
  const sha256 = hash('sha256', readFileSync(file), 'hex');
  await archive.store.put(logObjectName(id, sha256), file);
  const { logFirst: first, logHashes } = segment.facts;
  if (!isNoted) await enter({ kind: 'segment-retired', segment: id, first, entries: logHashes.length, sha256 });
  const hashes = Buffer.from(logHashes.join(''), 'hex');
  archive.index.retire({ segment: id, first, entries: logHashes.length, hashes, checkpoint: segment.facts.checkpoint });
  rmSync(segment.file);
  rmSync(segmentIndexFile(segment.file), { force: true });
  await syncDirectory(path.dirname(segment.file));
}

/** One line a frame: its type and its text. Durable when resolved. */
async function keepLog(directory: string, { file }: IndexedSegment): Promise<string> {
  const folder = retiredLogFolder(directory);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kept = retiredLogFile(directory, segmentId(file));
  const draft = `${kept}.draft`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(logLines(file).join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
  renameSync(draft, kept);
  await syncDirectory(folder);
  await syncDirectory(directory);
  return kept;
}

function logLines(file: string): string[] {
  const lines: string[] = [];
  for (const { header, payload } of readFrames(file, { bodies: 'skip' })) {
    if (header.session === 0 && !structural.has(header.type)) lines.push(`${JSON.stringify([header.type, payload.toString('utf8')])}\n`);
  }
  return lines;
}
