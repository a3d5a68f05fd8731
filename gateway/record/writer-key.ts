import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { createSignerKey, parseSecretText, type SignerKey, toSecretText } from '../../shared/bundle/ed25519-key.ts';
import { createDurably } from '../durable/write-durably.ts';

export const writerKeyFile = (directory: string): string => path.join(directory, 'keys', 'writer.key');

/** The key of a file with mode 0600, made on first use under `name`. Throws when the file holds something else. */
export function loadOrCreateKey(file: string, name: string): SignerKey {
  if (!existsSync(file)) writeKeyFile(file, createSignerKey(name));
  return loadKey(file);
}

export function loadKey(file: string): SignerKey {
  if (!existsSync(file))
    throw new Error(`The key ${file} is missing. Put it back from a backup, or start the gateway: its log then goes on under a new key.`);
  const key = parseSecretText(readFileSync(file, 'utf8'));
  if (key === undefined)
    throw new Error(`${file} does not hold a signing key; put the right file back, or move it away to begin with a new key.`);
  return key;
}

export function writeKeyFile(file: string, key: SignerKey): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  createDurably(file, `${toSecretText(key)}\n`);
}

/** The person's key, not the gateway's: who exported is another statement than who recorded. */
export function exporterKeyFile(): string {
  const base = process.env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config');
  return path.join(base, 'steno', 'exporter.key');
}
