import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createDurably } from '../../durable/write-durably.ts';

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** Texts encrypted with AES-256-GCM under a key of the data directory: nonce, tag and ciphertext in one. */
export class TextSealer {
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = key;
  }

  /** Makes the key when there is none. Throws, naming the file, when it holds no key: what was sealed with the lost one is lost. */
  static open(keyFile: string): TextSealer {
    const bytes = readOrCreate(keyFile);
    if (bytes.length !== 32) throw new Error(`${keyFile} holds no key of 32 bytes: put back its backup, or remove it to begin anew`);
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return new TextSealer(key);
  }

  /** `place` is where the sealed text belongs; it opens nowhere else. */
  seal(text: string, place: string): Uint8Array {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(Buffer.from(place));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  /** Undefined when it was sealed with another key, for another place, or was changed. */
  unseal(sealed: Uint8Array, place: string): string | undefined {
    try {
      const decipher = createDecipheriv(algorithm, this.#key, sealed.subarray(0, nonceLength), { authTagLength: tagLength });
      decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(nonceLength, nonceLength + tagLength));
      return decipher.update(sealed.subarray(nonceLength + tagLength), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined;
    }
  }
}

function readOrCreate(keyFile: string): Buffer {
  try {
    chmodSync(keyFile, 0o600);
    return readFileSync(keyFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(keyFile), { recursive: true, mode: 0o700 });
  createDurably(keyFile, randomBytes(32));
  return readFileSync(keyFile);
}
