import { rmSync } from 'node:fs';
import type { Archive } from './archive.ts';
import { readManifest } from './open-recording.ts';
import { RECORDINGS_PREFIX } from './recording-manifest.ts';
import { stagingFolder } from './seal-session.ts';
import { sweepNames } from './sweep-names.ts';

/**
 * Clears away what a killed process left: clear files in staging, objects that no recording came to name. A manifest that was put and not written down
 * is adopted first, so that its objects are not taken for leftovers. To be called at the start, before anything is sealed; `before` (ms): when this
 * process began.
 */
export async function sweepArchive(
  archive: Archive,
  before?: number,
): Promise<{ readonly adopted: number; readonly swept: number; readonly locked: number }> {
  rmSync(stagingFolder(archive.directory), { recursive: true, force: true });
  const names = archive.index.pending(before);
  const adopted = names.length === 0 ? 0 : await adoptUnknown(archive);
  const left = archive.index.pending(before);
  const locked = await sweepNames(archive, left);
  return { adopted, swept: left.length - locked.length, locked: locked.length };
}

/** Recordings of this index that the store has in a newer revision, or that the index does not know. */
async function adoptUnknown({ store, index, keys }: Archive): Promise<number> {
  let adopted = 0;
  const known = new Map([...index.all()].map(({ manifest }) => [manifest.sessionId, manifest.revision]));
  for await (const { name } of store.list(RECORDINGS_PREFIX)) {
    const [, sessionId, revision] = /^recordings\/\d+-([0-9a-f-]{36})\/(\d+)\.json$/.exec(name) ?? [];
    if (sessionId === undefined || Number(revision) <= (known.get(sessionId) ?? 0)) continue;
    if (!known.has(sessionId) && index.isKnown(sessionId)) continue;
    const { manifest, text, sha256 } = await readManifest(store, name);
    // Another gateway's, in a store that both use: only its own keys open it.
    if (keys.byId(manifest.principal.keyId) === undefined) continue;
    index.record(manifest, text, sha256);
    known.set(sessionId, manifest.revision);
    adopted += 1;
  }
  return adopted;
}
