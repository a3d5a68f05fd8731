import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { BundleError } from './bundle-error.ts';

// age (https://age-encryption.org/v1): sign inside, encrypt outside. The library is loaded when it is needed.

const MAGIC = 'age-encryption.org/v1\n';

export async function isAgeFile(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === MAGIC;
  } finally {
    await file.close();
  }
}

/** Throws TypeError on the first that is no recipient: before anything is written. */
export async function checkRecipients(recipients: readonly string[]): Promise<void> {
  if (recipients.length > 0) await toEncrypter(recipients);
}

/** Encrypts `source` to age recipients (`age1…`) as a new file. Memory does not grow with the file. */
export async function encryptTo(source: string, target: string, recipients: readonly string[]): Promise<void> {
  const encrypter = await toEncrypter(recipients);
  await writeAll(await encrypter.encrypt(toWeb(source)), target);
}

async function toEncrypter(recipients: readonly string[]) {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (error) {
      throw new TypeError(`"${recipient.slice(0, 100)}" is not an age recipient. Give a line that "age-keygen -y" prints, age1….`, {
        cause: error,
      });
    }
  }
  return encrypter;
}

/** Throws BundleError when no identity fits, or the file was changed. */
export async function decryptTo(source: string, target: string, identities: readonly string[]): Promise<void> {
  if (identities.length === 0) {
    const message = `${source} is encrypted. Give the file with an age identity of one of its recipients: --identity FILE.`;
    throw new BundleError('BUNDLE_ENCRYPTED', message);
  }
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  for (const identity of identities) addIdentity(decrypter, identity);
  let clear: ReadableStream<Uint8Array>;
  try {
    clear = await decrypter.decrypt(toWeb(source));
  } catch (error) {
    if (error instanceof Error && /no identity matched/i.test(error.message)) {
      const message = `${source} is encrypted, but not to the identity that was given. Ask the exporter to whom, or give another --identity FILE.`;
      throw new BundleError('BUNDLE_WRONG_IDENTITY', message, { cause: error });
    }
    throw damaged(source, error);
  }
  try {
    await writeAll(clear, target);
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) throw error;
    throw damaged(source, error);
  }
}

function addIdentity(decrypter: { addIdentity(identity: string): void }, identity: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch (error) {
    const message = 'The identity file holds a line that is no age identity. Give the file that "age-keygen -o FILE" wrote.';
    throw new BundleError('BUNDLE_WRONG_IDENTITY', message, { cause: error });
  }
}

const damaged = (source: string, cause: unknown): BundleError =>
  new BundleError('BUNDLE_DAMAGED', `The encryption of ${source} is damaged. Fetch it again from whoever exported it.`, { cause });

const toWeb = (path: string): ReadableStream<Uint8Array> => Readable.toWeb(createReadStream(path)) as unknown as ReadableStream<Uint8Array>;

const writeAll = (bytes: ReadableStream<Uint8Array>, target: string): Promise<void> =>
  pipeline(Readable.fromWeb(bytes as unknown as NodeReadableStream<Uint8Array>), createWriteStream(target, { flags: 'wx', mode: 0o600 }));
