import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pinnedKeysFile } from './pinned-keys.ts';

/** Lines of a file of age recipients or identities, as the `age` tool reads them: `#` begins a comment. */
function keyLines(file: string, what: string): string[] {
  if (!existsSync(file)) throw new Error(`There is no file ${file} with age ${what}.`);
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw new Error(`${file} holds no age ${what}.`);
  return lines;
}

export const readRecipients = (file: string): string[] => keyLines(file, 'recipients');

/** Where the identity of this person is looked for, beside the pinned keys. */
const identityFile = (): string => path.join(path.dirname(pinnedKeysFile()), 'age-identity');

/** Identities of the files, and of this person's own file if there is one. */
export function readIdentities(files: readonly string[], own = identityFile()): string[] {
  const all = existsSync(own) ? [...files, own] : files;
  return all.flatMap((file) => keyLines(file, 'identities'));
}
