import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Bundle } from '../../../shared/bundle/bundle.ts';

/**
 * Copies a table that came with a bundle to `copy`, which must not exist. Parquet has no integrity of its own: false, and not to be read, unless
 * the copy has the digest that the manifest states.
 */
export async function copyDerived(bundle: Bundle, path: string, copy: string): Promise<boolean> {
  const stated = bundle.manifest.resources.find((resource) => resource.path === path);
  const pieces = bundle.fileStream(path);
  if (stated === undefined || pieces === undefined) return false;
  const digest = createHash('sha256');
  const file = await open(copy, 'wx', 0o600);
  try {
    for await (const piece of pieces) {
      digest.update(piece);
      await file.write(piece);
    }
  } finally {
    await file.close();
  }
  return stated.hash === `sha256:${digest.digest('hex')}`;
}
