import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { fingerprintOf, parseVerifierKey } from '../../../shared/bundle/ed25519-key.ts';
import { pinKey } from '../../../shared/bundle/pinned-keys.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import type { PinnedKey } from '../../../shared/contract/integrity.ts';

/** The signers that this investigator trusts: the same file that the command line reads, never anything in a bundle. */
export type PinnedKeys = {
  /** Whole public keys, `NAME+ID+BASE64`. */
  texts(): readonly string[];
  list(): PinnedKey[];
  /** Throws EngineError KEY_NOT_A_KEY. */
  pin(key: string, label: string): Promise<void>;
  unpin(fingerprint: string): Promise<void>;
};

type Pinned = PinnedKey & { readonly text: string };

/** Without a file, pins last as long as the engine. `preset` are keys given at the start; they are not written down. */
export async function openPinnedKeys(file: string | undefined, preset: readonly string[] = []): Promise<PinnedKeys> {
  let keys: readonly Pinned[] = [...(await readKeys(file)), ...preset.flatMap((text) => toPinned(text, now(), 'given at the start'))];

  return {
    texts: () => keys.map(({ text }) => text),
    list: () => keys.map(({ fingerprint, label, pinnedAt }) => ({ fingerprint, label, pinnedAt })),
    pin: async (text, label) => {
      const [key] = toPinned(text, now(), label);
      if (key === undefined)
        throw new EngineError({
          code: 'KEY_NOT_A_KEY',
          message: 'This is not a public key.',
          remedy: 'Copy the whole line that `steno keys` prints.',
        });
      if (file !== undefined) pinKey(key.text, `${label} ${pinnedMark}${key.pinnedAt}`, file);
      keys = [...keys.filter(({ fingerprint }) => fingerprint !== key.fingerprint), key];
    },
    unpin: async (fingerprint) => {
      const gone = keys.filter((key) => key.fingerprint === fingerprint).map(({ text }) => text);
      if (file !== undefined) await dropLines(file, gone);
      keys = keys.filter((key) => key.fingerprint !== fingerprint);
    },
  };
}

/** Ends the comment of a line that the app wrote. */
const pinnedMark = 'pinned:';
const now = (): string => new Date().toISOString();

function toPinned(line: string, since: string, label?: string): Pinned[] {
  const [text = '', ...comment] = line.trim().split(/\s+/);
  const key = parseVerifierKey(text);
  if (key === undefined) return [];
  const [, named = '', at] = /^(.*?)\s*(?:pinned:(\S+))?$/.exec(label ?? comment.join(' ')) ?? [];
  return [{ text: key.text, fingerprint: fingerprintOf(key), label: named === '' ? key.name : named, pinnedAt: at ?? since }];
}

/** A line that was written by hand is as old as the file, as far as anyone knows. */
async function readKeys(file: string | undefined): Promise<Pinned[]> {
  if (file === undefined) return [];
  const since = await stat(file).then(
    ({ mtime }) => mtime.toISOString(),
    () => now(),
  );
  return (await readText(file)).split('\n').flatMap((line) => toPinned(line, since));
}

async function dropLines(file: string, texts: readonly string[]): Promise<void> {
  const kept = (await readText(file)).split('\n').filter((line) => !texts.includes(line.trim().split(/\s+/, 1)[0]!));
  await writeFile(`${file}.new`, kept.join('\n'), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
