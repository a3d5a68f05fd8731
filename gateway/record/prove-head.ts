import { appendFileSync } from 'node:fs';
import { canonicalJson } from '../../shared/base/canonical-json.ts';
import { CachedTree } from '../../shared/bundle/cached-tree.ts';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { optionalPaths, type SessionHead } from '../../shared/bundle/format.ts';
import { formatTlogProof } from '../../shared/bundle/tlog-proof.ts';
import { type Attestation, findAttestation } from './attestations.ts';
import { exportedFile, exportedSizes } from './check-grown.ts';
import type { JournalCatalog } from './journal-catalog.ts';
import { readKeyEpochs } from './key-ring.ts';
import { readWriterEntry } from './writer-entries.ts';

/** What shows a stranger that a head is in the log: the proof, public keys as hints, and the files that speak for the checkpoint. */
export type HeadProof = { readonly proof: string; readonly keys: readonly string[]; readonly extras: ReadonlyMap<string, Buffer> };

/** Older exports that a new one is shown to go on from. */
const MAX_EARLIER = 256;

/** `undefined`: no checkpoint covers the head yet. Remembers the checkpoint, so that later exports prove that the log only grew since. */
export function proveHead(directory: string, catalog: JournalCatalog, head: SessionHead): HeadProof | undefined {
  const attested = findAttestation(directory, head.index);
  const chosen = attested ?? toAttestation(catalog.checkpoint);
  if (chosen === undefined || chosen.size <= head.index) return undefined;
  const { size } = chosen;
  const tree = new CachedTree(catalog.writerLog);
  const epochs = readKeyEpochs(directory);
  const lines = {
    [optionalPaths.keyRotations]: epochs.flatMap(({ rotation }) => (rotation === undefined ? [] : [rotation])),
    [optionalPaths.consistency]: earlierSizes(directory, size).map((older) => ({
      proof: tree.consistency(older, size),
      root: tree.root(older),
      size: older,
    })),
  };
  const extras = new Map<string, Buffer>();
  for (const [file, values] of Object.entries(lines))
    if (values.length > 0) extras.set(file, Buffer.from(values.map((value) => `${canonicalJson(value)}\n`).join('')));
  if (chosen.timestamp !== undefined) extras.set(optionalPaths.timestamp, Buffer.from(chosen.timestamp, 'base64'));
  const entry = head.index === size - 1 ? undefined : readWriterEntry(directory, catalog, size - 1);
  if (entry !== undefined)
    extras.set(optionalPaths.checkpointEntry, Buffer.from(canonicalJson({ leaf: entry, path: tree.inclusion(size - 1, size) })));
  remember(directory, size);
  const note = chosen.checkpoint + chosen.cosignatures.join('');
  return { proof: formatTlogProof(head.index, tree.inclusion(head.index, size), note), keys: epochs.map(({ key }) => key), extras };
}

/** Who may only read the data directory exports all the same: later exports then have one proof less to offer. */
function remember(directory: string, size: number): void {
  try {
    appendFileSync(exportedFile(directory), `${size}\n`, { mode: 0o600 });
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function toAttestation(checkpoint: string | undefined): Attestation | undefined {
  const parsed = parseCheckpoint(checkpoint ?? '');
  return parsed && checkpoint !== undefined ? { checkpoint, size: parsed.checkpoint.size, cosignatures: [] } : undefined;
}

function earlierSizes(directory: string, size: number): number[] {
  const known = new Set(exportedSizes(directory).filter((one) => one < size));
  return [...known].slice(-MAX_EARLIER).sort((a, b) => a - b);
}
