import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { createSignerKey, parseSecretText, type SignerKey, toSecretText } from '../../shared/bundle/ed25519-key.ts';
import { syncDirectoryNow } from './segment-file.ts';

export const writerKeyFile = (directory: string): string => path.join(directory, 'keys', 'writer.key');

/** The key of a file with mode 0600, made on first use under `name`. Throws when the file holds something else. */
export function loadOrCreateKey(file: string, name: string): SignerKey {
  if (!existsSync(file)) writeKeyFile(file, createSignerKey(name));
  return loadKey(file);
}

export function loadKey(file: string): SignerKey {
  const key = parseSecretText(readFileSync(file, 'utf8'));
  if (key === undefined)
    throw new Error(`${file} does not hold a signing key; put the right file back, or move it away to begin with a new key.`);
  return key;
}

export const writeKeyFile = (file: string, key: SignerKey): void => writeKeyText(file, toSecretText(key));

/** Written aside and linked, mode 0600: a crash leaves a whole key or none, and two processes agree on one. */
export function writeKeyText(file: string, text: string): void {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeSync(fd, `${text}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
  syncDirectoryNow(folder);
}

/** The person's key, not the gateway's: who exported is another statement than who recorded. */
export function exporterKeyFile(): string {
  const base = process.env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config');
  return path.join(base, 'steno', 'exporter.key');
}
