import { hash, hkdfSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { ensureDirectory, syncDirectoryNow } from '../durable/sync-directory.ts';
import { createDurably } from '../durable/write-durably.ts';

export type Subject = { readonly issuer: string; readonly subject: string };
/** `id` names the key in manifests and tells nothing of the subject. */
export type SubjectKey = { readonly id: string; readonly key: Buffer };

const KEY_BYTES = 32;

/**
 * One key for each principal, in `keys/subjects` of the data directory and nowhere else. Whoever deletes it makes every recording of this principal
 * unreadable at once, wherever copies lie and however they are locked (crypto-shredding).
 */
export class SubjectKeys {
  readonly #folder: string;
  #files = new Map<string, string>();
  #readAtMs = -1;

  constructor(dataDirectory: string) {
    this.#folder = path.join(dataDirectory, 'keys', 'subjects');
  }

  find(subject: Subject): SubjectKey | undefined {
    return readKey(this.#fileOf(subject));
  }

  /** Durable before it is used, whoever made it: what is encrypted under a key that a crash takes away is lost. */
  findOrCreate(subject: Subject): SubjectKey {
    const file = this.#fileOf(subject);
    ensureDirectory(this.#folder);
    if (existsSync(file)) syncDirectoryNow(this.#folder);
    else this.#create(file);
    const key = readKey(file);
    if (key === undefined) throw new Error(`The key of a subject vanished while it was made (${file}); try again.`);
    return key;
  }

  /** By the id that a manifest names. `undefined`: destroyed, or never here. */
  byId(id: string): SubjectKey | undefined {
    if (!this.#files.has(id)) this.#readFolder();
    const file = this.#files.get(id);
    const key = file === undefined ? undefined : readKey(file);
    return key?.id === id ? key : undefined;
  }

  /** A fresh key for the subject of this one, which stays readable under its id until it is shredded. Doing it again changes nothing. */
  renew(id: string): SubjectKey {
    if (this.byId(id) === undefined) throw new Error(`There is no key ${id} in keys/subjects.`);
    const file = this.#files.get(id)!;
    const current = path.join(this.#folder, `${path.basename(file).slice(0, 64)}.key`);
    if (file === current) {
      const retired = path.join(this.#folder, `${path.basename(file).slice(0, 64)}-${id}.key`);
      renameSync(file, retired);
      this.#files.set(id, retired);
      this.#readAtMs = -1;
    }
    if (!existsSync(current)) this.#create(current);
    syncDirectoryNow(this.#folder);
    return readKey(current)!;
  }

  /** Overwrites and deletes the key; durable when it returns. False when there was none. */
  shred(subject: Subject): boolean {
    return this.#shred(this.#fileOf(subject));
  }

  /** The same by the id that manifests name. A newer key of the same subject stays. */
  shredById(id: string): boolean {
    const file = this.byId(id) === undefined ? undefined : this.#files.get(id);
    this.#files.delete(id);
    return file !== undefined && this.#shred(file);
  }

  #shred(file: string): boolean {
    if (!existsSync(file)) return false;
    // A draft that a crash left may hold the same key.
    for (const name of readdirSync(this.#folder)) if (name.startsWith(`${path.basename(file)}.`)) overwrite(path.join(this.#folder, name));
    overwrite(file);
    syncDirectoryNow(this.#folder);
    return true;
  }

  #fileOf({ issuer, subject }: Subject): string {
    return path.join(this.#folder, `${hash('sha256', `${issuer}\0${subject}`, 'hex')}.key`);
  }

  #create(file: string): void {
    ensureDirectory(this.#folder);
    createDurably(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  }

  #readFolder(): void {
    const changedAtMs = statSync(this.#folder, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAtMs === undefined || changedAtMs === this.#readAtMs) return;
    this.#files = new Map();
    for (const name of readdirSync(this.#folder)) {
      const file = path.join(this.#folder, name);
      const key = name.endsWith('.key') ? readKey(file) : undefined;
      if (key !== undefined) this.#files.set(key.id, file);
    }
    // A change in the same tick of the file system's clock would go unseen: then the folder is read again.
    this.#readAtMs = Date.now() - changedAtMs > 1_000 ? changedAtMs : -1;
  }
}

function overwrite(file: string): void {
  const fd = openSync(file, 'r+');
  try {
    writeSync(fd, randomBytes(statSync(file).size), 0, undefined, 0);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  unlinkSync(file);
}

function readKey(file: string): SubjectKey | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'latin1').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES || key.toString('base64') !== text)
    throw new Error(`${file} does not hold a key of ${KEY_BYTES} bytes: put the right file back from a backup of the data directory.`);
  return { id: Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'steno subject key id v1', 16)).toString('hex'), key };
}
