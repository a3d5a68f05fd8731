import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { frameTypes } from './frame.ts';
import type { JournalCatalog } from './journal-catalog.ts';
import { retiredLogFolder, segmentId } from './list-segments.ts';
import { readFrames } from './read-frames.ts';

/** An entry of the writer log, or a checkpoint over all entries before it. */
export type WriterFrame = { readonly kind: 'entry' | 'checkpoint'; readonly text: string };

/** The whole writer log with its checkpoints, in order: that of retired segments from `log/`, then the journal's, as far as it is durable. */
export function* readWriterFrames(directory: string, { segments }: Pick<JournalCatalog, 'segments'>): Generator<WriterFrame> {
  const kept = new Set(segments.map(({ file }) => segmentId(file)));
  const folder = retiredLogFolder(directory);
  const retired = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.ndjson'))
        .sort()
    : [];
  for (const name of retired) if (!kept.has(path.basename(name, '.ndjson'))) yield* retiredFrames(path.join(folder, name));
  for (const { file, upTo } of segments) yield* segmentFrames(file, upTo);
}

function* retiredFrames(file: string): Generator<WriterFrame> {
  for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    const [type, text] = JSON.parse(line) as [number, string];
    const kind = kindOf(type);
    if (kind !== undefined) yield { kind, text };
  }
}

function* segmentFrames(file: string, upTo: number): Generator<WriterFrame> {
  for (const { header, payload } of readFrames(file, { bodies: 'skip', upTo })) {
    const kind = kindOf(header.type);
    if (kind !== undefined) yield { kind, text: payload.toString('utf8') };
  }
}

const kindOf = (type: number): WriterFrame['kind'] | undefined =>
  type === frameTypes.writerLeaf ? 'entry' : type === frameTypes.checkpoint ? 'checkpoint' : undefined;

/** The text of one entry; `undefined` when the log is not that long. */
export function readWriterEntry(directory: string, catalog: JournalCatalog, index: number): string | undefined {
  const segment = catalog.segments.findLast(({ facts }) => facts.logFirst <= index);
  const frames = segment === undefined ? readWriterFrames(directory, catalog) : segmentFrames(segment.file, segment.upTo);
  let at = segment?.facts.logFirst ?? 0;
  for (const { kind, text } of frames) {
    if (kind !== 'entry') continue;
    if (at === index) return text;
    at += 1;
  }
  return undefined;
}
