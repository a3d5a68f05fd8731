import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { WriterLeaf } from '../../shared/bundle/format.ts';
import { leafHash, TreeHead } from '../../shared/bundle/merkle-tree.ts';
import type { Carry } from './carry.ts';
import { frameTypes } from './frame.ts';
import { retiredLogFolder, segmentId } from './list-segments.ts';
import { readFrames } from './read-frames.ts';

type RetiredLog = { readonly segment: string; readonly sha256: string; readonly entries: readonly string[] };

/**
 * Whether the log explains every segment that a journal no longer has: what they held of the writer log must lead, entry by entry, to the state that the
 * first kept segment begins with, and later entries must say that each was let go of. Returns what is wrong; empty when all is explained.
 */
export function checkRetired(directory: string, files: readonly string[], first: Carry): string[] {
  const kept = new Set(files.map(segmentId));
  const logs = readLogs(directory).filter(({ segment }) => !kept.has(segment));
  const tree = new TreeHead();
  for (const { entries } of logs) for (const entry of entries) tree.append(leafHash(entry));
  const name = path.basename(files[0]!);
  const { size, border } = first.writerLog;
  if (tree.size < size)
    return [`${name} begins at entry ${size} of the writer log, and only ${tree.size} before it are explained: segments are missing`];
  if (tree.size > size || tree.border.join() !== border.join())
    return [`what log/ keeps of retired segments is not what was written before ${name}`];
  const noted = notedSegments(files, logs);
  return logs
    .filter(({ segment, sha256 }) => noted.get(segment) !== sha256)
    .map(({ segment }) => `nothing in the writer log says that segment ${segment} was let go of`);
}

function readLogs(directory: string): RetiredLog[] {
  const folder = retiredLogFolder(directory);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
  return names.sort().map((name) => readLog(path.join(folder, name)));
}

function readLog(file: string): RetiredLog {
  const bytes = readFileSync(file);
  const lines = bytes.toString('utf8').split('\n').slice(0, -1);
  const frames = lines.flatMap((line) => parseFrame(line) ?? []);
  return {
    segment: path.basename(file, '.ndjson'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    entries: frames.filter(([type]) => type === frameTypes.writerLeaf).map(([, text]) => text),
  };
}

function parseFrame(line: string): [[number, string]] | undefined {
  try {
    return [JSON.parse(line) as [number, string]];
  } catch {
    return undefined;
  }
}

/** Segments that the whole log says were retired, with the SHA-256 of what was kept of them. */
function notedSegments(files: readonly string[], logs: readonly RetiredLog[]): ReadonlyMap<string, string> {
  const noted = new Map<string, string>();
  const take = (text: string): void => {
    if (!text.includes('"kind":"segment-retired"')) return;
    const leaf = JSON.parse(text) as WriterLeaf;
    if (leaf.kind === 'segment-retired') noted.set(leaf.segment, leaf.sha256);
  };
  for (const { entries } of logs) entries.forEach(take);
  for (const file of files)
    for (const { header, payload } of readFrames(file, { bodies: 'skip' }))
      if (header.type === frameTypes.writerLeaf) take(payload.toString('utf8'));
  return noted;
}
