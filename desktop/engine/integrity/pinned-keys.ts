import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../../../shared/contract/failure.ts';
import type { PinnedKey } from '../../../shared/contract/integrity.ts';

const pinnedKeysFile = z.array(z.object({ fingerprint: z.string(), label: z.string(), pinnedAt: z.string() }));

/** The signers that this investigator trusts. Kept beside the app's settings, never in a bundle. */
export type PinnedKeys = {
  list(): readonly PinnedKey[];
  pin(fingerprint: string, label: string): Promise<void>;
  unpin(fingerprint: string): Promise<void>;
};

/** Without a file, pins last as long as the engine. Throws when the file is there and not readable: trust is never lost in silence. */
export async function openPinnedKeys(file: string | undefined, preset: readonly string[] = []): Promise<PinnedKeys> {
  let keys: readonly PinnedKey[] = [...(await readKeys(file)), ...preset.map((fingerprint) => toKey(fingerprint, 'given at start'))];

  async function save(changed: readonly PinnedKey[]): Promise<void> {
    if (file !== undefined) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.new`, JSON.stringify(changed, undefined, 2), { mode: 0o600 });
      await rename(`${file}.new`, file);
    }
    keys = changed;
  }

  return {
    list: () => keys,
    pin: async (fingerprint, label) => {
      const others = keys.filter((key) => key.fingerprint !== fingerprint);
      await save([...others, toKey(fingerprint, label)]);
    },
    unpin: (fingerprint) => save(keys.filter((key) => key.fingerprint !== fingerprint)),
  };
}

const toKey = (fingerprint: string, label: string): PinnedKey => ({ fingerprint, label, pinnedAt: new Date().toISOString() });

async function readKeys(file: string | undefined): Promise<readonly PinnedKey[]> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  const parsed = pinnedKeysFile.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new EngineError({
    code: 'KEYS_UNREADABLE',
    message: `The list of pinned keys in ${file} is not valid.`,
    remedy: 'Repair or remove it.',
  });
}
