import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createDurably } from '../../durable/write-durably.ts';

const KEY_BYTES = 32;

/** Under which values of content-free answers are digested: it never leaves the data directory. Whoever holds it can ask whether a value left. */
export const contentKeyFile = (directory: string): string => path.join(directory, 'keys', 'content.key');

/** Made on first use, mode 0600. Throws when the file holds something else: another key would make all that was recorded unanswerable. */
export function loadOrCreateContentKey(directory: string): Buffer {
  const file = contentKeyFile(directory);
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    createDurably(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  }
  return loadContentKey(directory);
}

export function loadContentKey(directory: string): Buffer {
  const file = contentKeyFile(directory);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${file} does not hold a content key of ${KEY_BYTES} bytes; put the right file back.`);
  return key;
}
