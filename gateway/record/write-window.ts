import { CachedTree } from '../../shared/bundle/cached-tree.ts';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { leafHash } from '../../shared/bundle/merkle-tree.ts';
import type { WindowFile } from '../../shared/bundle/window/window-file.ts';
import { readCatalog } from './journal-catalog.ts';
import { readKeyEpochs } from './key-ring.ts';
import { readWriterFrames } from './writer-entries.ts';

type Entry = { readonly text: string; readonly at: string };

/**
 * The entries of the writer log around [from, to]: from the last one before it, so that nothing can hide at its beginning, to the first checkpoint over an
 * entry after it. Throws when nothing is signed yet. Works beside a running gateway.
 */
export function takeWindow(directory: string, from: string, to: string): WindowFile {
  const catalog = readCatalog(directory);
  const entries: Entry[] = [];
  const checkpoints = new Map<number, string>();
  for (const { kind, text } of readWriterFrames(directory, catalog)) {
    if (kind === 'entry') entries.push({ text, at: (JSON.parse(text) as { readonly at: string }).at });
    else checkpoints.set(parseCheckpoint(text)?.checkpoint.size ?? 0, text);
  }
  const after = entries.findIndex(({ at }) => at > to);
  const size = chooseSize([...checkpoints.keys()], after < 0 ? entries.length : after + 1);
  if (size === undefined) throw new Error('Nothing is signed yet: the gateway signs its log within two seconds of its start.');
  const first = Math.max(
    0,
    Math.min(
      entries.findLastIndex(({ at }) => at <= from),
      size - 1,
    ),
  );
  const tree = new CachedTree(entries.slice(0, first).map(({ text }) => leafHash(text)));
  const epochs = readKeyEpochs(directory);
  const checkpoint = checkpoints.get(size)!;
  return {
    kind: 'steno-window',
    formatVersion: 1,
    writer: parseCheckpoint(checkpoint)!.checkpoint.origin,
    from,
    to,
    first,
    border: tree.border(first),
    leaves: entries.slice(first, size).map(({ text }) => text),
    checkpoint,
    keys: epochs.map(({ key }) => key),
    rotations: epochs.flatMap(({ rotation }) => (rotation === undefined ? [] : [rotation])),
  };
}

/** The smallest signed tree with `wanted` entries; if there is none yet, the newest. */
function chooseSize(signed: readonly number[], wanted: number): number | undefined {
  const sorted = signed.filter((size) => size > 0).sort((a, b) => a - b);
  return sorted.find((size) => size >= wanted) ?? sorted.at(-1);
}
