import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseVerifierKey } from './ed25519-key.ts';

/** One key a line, as `NAME+ID+BASE64`, perhaps followed by a comment; lines with `#` are comments. */
export function pinnedKeysFile(): string {
  return path.join(process.env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config'), 'steno', 'pinned-keys');
}

/** Texts of the keys that this person trusts. No file: none. */
export function readPinnedKeys(file = pinnedKeysFile()): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/, 1)[0]!)
    .filter((text) => parseVerifierKey(text) !== undefined);
}

/** Adds a key, unless it is there. Throws TypeError on what is no key. */
export function pinKey(key: string, comment = '', file = pinnedKeysFile()): void {
  const parsed = parseVerifierKey(key);
  if (parsed === undefined)
    throw new TypeError(`"${key.slice(0, 100)}" is not a public key. Copy the whole line that "steno keys" prints.`);
  if (readPinnedKeys(file).includes(parsed.text)) return;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const before = existsSync(file) ? readFileSync(file, 'utf8').replace(/\n*$/, '\n') : '';
  const line = `${parsed.text} ${comment.replace(/\s+/g, ' ')}`.trim();
  writeFileSync(`${file}.new`, `${before.trimStart()}${line}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
