import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type WriterLeaf, writerLeafSchema } from '../../shared/bundle/format.ts';
import { frameTypes } from '../record/frame.ts';
import { listSegments, retiredLogFolder } from '../record/list-segments.ts';
import { readFrames } from '../record/read-frames.ts';

export type LoggedEntry = { readonly leaf: WriterLeaf; readonly text: string };

/** Entries of the writer log, newest segment first: what is looked for mostly happened lately. */
export function* readWriterLog(directory: string): Generator<LoggedEntry> {
  for (const file of listSegments(directory).reverse()) yield* entriesOf(segmentTexts(file));
  const folder = retiredLogFolder(directory);
  const retired = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ndjson')) : [];
  for (const name of retired.sort().reverse()) yield* entriesOf(retiredTexts(join(folder, name)));
}

function* entriesOf(texts: Iterable<string>): Generator<LoggedEntry> {
  for (const text of texts) yield { leaf: writerLeafSchema.parse(JSON.parse(text)), text };
}

function* segmentTexts(file: string): Generator<string> {
  for (const { header, payload } of readFrames(file, { bodies: 'skip' }))
    if (header.type === frameTypes.writerLeaf) yield payload.toString('utf8');
}

function* retiredTexts(file: string): Generator<string> {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [type, text] = line === '' ? [] : (JSON.parse(line) as [number, string]);
    if (type === frameTypes.writerLeaf && text !== undefined) yield text;
  }
}
