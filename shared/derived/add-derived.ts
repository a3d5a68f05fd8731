import { mkdirSync, rmSync } from 'node:fs';
import { bundlePaths, hasSaltsApart, olderPaths } from '../bundle/format.ts';
import { openBundle } from '../bundle/open-bundle.ts';
import { type BundleEnding, type Member, zipMembers } from '../bundle/zip-members.ts';
import { type DerivedOptions, writeDerived } from './write-derived.ts';

const everyVersion = [bundlePaths.leaves, bundlePaths.disclosures, bundlePaths.warc];
/** The members that are not made from the ending. */
const recordedPaths = (formatVersion: number): readonly string[] =>
  hasSaltsApart(formatVersion)
    ? [...everyVersion, bundlePaths.salts, bundlePaths.index, bundlePaths.indexBlocks, bundlePaths.pages]
    : [...everyVersion, olderPaths.index];

/**
 * Makes the bundle `draftPath` anew as `outputPath`, with tables for fast loading beside its records; `ending` is that of the draft. Returns
 * the SHA-256 of the new manifest.
 */
export async function addDerived(
  draftPath: string,
  outputPath: string,
  ending: BundleEnding,
  options: DerivedOptions = {},
): Promise<string> {
  const folder = `${outputPath}.${process.pid}.derived`;
  mkdirSync(folder, { recursive: false, mode: 0o700 });
  const bundle = await openBundle(draftPath);
  try {
    const derived = await writeDerived(bundle, folder, options);
    const { resources, steno } = bundle.manifest;
    const recorded = recordedPaths(steno.formatVersion);
    const members = resources
      .filter((resource) => recorded.includes(resource.path))
      .map(
        ({ path, bytes, hash }): Member => ({ path, bytes, sha256: hash.slice('sha256:'.length), read: () => bundle.fileStream(path)! }),
      );
    return await zipMembers(outputPath, [...members, ...derived], { exchanges: steno.exchanges, leaves: steno.leaves }, ending);
  } finally {
    await bundle.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
