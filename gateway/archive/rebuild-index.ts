import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type WriterLeaf, writerLeafSchema } from '../../shared/bundle/format.ts';
import { leafHash } from '../../shared/bundle/merkle-tree.ts';
import { frameTypes } from '../record/frame.ts';
import { listSegments, retiredLogFolder, segmentId } from '../record/list-segments.ts';
import { indexSegment } from '../record/segment-index.ts';
import { readWriterFrames } from '../record/writer-entries.ts';
import type { Archive } from './archive.ts';
import { RecordingDamaged } from './archive-errors.ts';
import { fetchManifest } from './open-recording.ts';
import { superseded } from './revise-recording.ts';

type ArchiveLeaf = Extract<WriterLeaf, { kind: 'archive' }>;

/**
 * Makes `archive.db` again where it was lost: which recordings there are follows from the writer log, what they are from the store. A recording that the
 * log names and the store no longer has was deleted since. Returns how many there are; `undefined`: the index is complete, nothing was done.
 */
export async function rebuildIndex(archive: Archive): Promise<number | undefined> {
  const { index, directory } = archive;
  if (index.isComplete) return undefined;
  rebuildSegments(archive);
  const newest = new Map<string, ArchiveLeaf>();
  for (const { kind, text } of readWriterFrames(directory, { segments: listSegments(directory).map(indexSegment) })) {
    if (kind !== 'entry' || !text.includes('"kind":"archive"')) continue;
    const leaf = writerLeafSchema.parse(JSON.parse(text));
    if (leaf.kind === 'archive') newest.set(leaf.sessionId, leaf);
  }
  for (const leaf of newest.values()) await restore(archive, leaf);
  index.setComplete();
  return newest.size;
}

async function restore({ store, index }: Archive, leaf: ArchiveLeaf): Promise<void> {
  // A revision that was put before a crash and never noted counts: it took the place of the one before.
  const found = (await fetchManifest(store, leaf, leaf.revision + 1)) ?? (await fetchManifest(store, leaf, leaf.revision));
  if (found === undefined) return index.recordDeleted(leaf.sessionId, leaf.number);
  const isNoted = found.manifest.revision === leaf.revision;
  if (isNoted && found.sha256 !== leaf.manifest)
    throw new RecordingDamaged(`The manifest of session ${leaf.sessionId}`, 'it is not the one that the writer log names');
  index.record(found.manifest, found.text, found.sha256, isNoted);
  for (let revision = found.manifest.revision - 1; revision > 0; revision -= 1) {
    const older = await fetchManifest(store, leaf, revision);
    // A lock kept it: what it names goes with it, when the lock ends.
    if (older !== undefined) index.defer(superseded(older.manifest, found.manifest), 0);
  }
}

/** Segments that are gone, as `log/` keeps them. */
function rebuildSegments({ directory, index }: Archive): void {
  const folder = retiredLogFolder(directory);
  if (!existsSync(folder)) return;
  const kept = new Set(listSegments(directory).map(segmentId));
  let first = 0;
  for (const name of readdirSync(folder).sort()) {
    const segment = path.basename(name, '.ndjson');
    if (segment === name || kept.has(segment)) continue;
    const lines = readFileSync(path.join(folder, name), 'utf8').split('\n').slice(0, -1);
    const frames = lines.map((line) => JSON.parse(line) as [number, string]);
    const hashes = frames.filter(([type]) => type === frameTypes.writerLeaf).map(([, text]) => leafHash(text));
    const checkpoint = frames.findLast(([type]) => type === frameTypes.checkpoint)?.[1];
    index.retire({ segment, first, entries: hashes.length, hashes: Buffer.from(hashes.join(''), 'hex'), checkpoint });
    first += hashes.length;
  }
}
