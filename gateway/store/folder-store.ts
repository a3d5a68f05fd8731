import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../durable/sync-directory.ts';
import { copyDurably, DurableFolders, hashFile, readChunks } from './durable-file.ts';
import { explainFolderError } from './explain-folder-error.ts';
import { factsFileOf, readFacts, writeFacts } from './folder-facts.ts';
import { FolderLock } from './folder-lock.ts';
import { listFolder } from './list-folder.ts';
import { isLocked, newFacts, strengthen } from './object-lock.ts';
import { checkObjectName, checkPrefix, UnusableName } from './object-name.ts';
import {
  ObjectDamaged,
  ObjectExists,
  type ObjectFacts,
  ObjectLocked,
  ObjectMissing,
  type ObjectRange,
  type PutOptions,
  type RecordingStore,
} from './recording-store.ts';

/** What a killed process left in `.incoming` is swept when nobody can be writing to it any more. */
const ABANDONED_MS = 3_600_000;

/** A store in a folder of a local disk, made if it is missing. Several processes may use it at once. */
export async function openFolderStore(folder: string): Promise<RecordingStore> {
  const root = path.resolve(folder);
  return explainFolderError(root, async () => {
    await mkdir(path.join(root, '.incoming'), { recursive: true, mode: 0o700 });
    await syncDirectory(root);
    await syncDirectory(path.dirname(root));
    await sweep(path.join(root, '.incoming'));
    return new FolderStore(root);
  });
}

async function sweep(incoming: string): Promise<void> {
  for (const each of await readdir(incoming)) {
    const file = path.join(incoming, each);
    const facts = await stat(file).catch(() => undefined);
    if (facts !== undefined && facts.mtimeMs < Date.now() - ABANDONED_MS) await rm(file, { force: true });
  }
}

/**
 * NAME holds the bytes, NAME~facts.json what is known of them. An object exists when its bytes do: facts come first and bytes last, by `link`, which
 * never overwrites. Bytes without facts (a folder restored by hand) are an object too: their facts are what they hash to.
 */
class FolderStore implements RecordingStore {
  readonly #root: string;
  readonly #lock: FolderLock;
  readonly #folders: DurableFolders;

  constructor(root: string) {
    this.#root = root;
    this.#lock = new FolderLock(path.join(root, '.lock'));
    this.#folders = new DurableFolders(root);
  }

  async put(name: string, file: string, options: PutOptions = {}): Promise<ObjectFacts> {
    const target = this.#pathOf(name);
    await (await open(file, 'r')).close(); // a source that cannot be read is the caller's trouble, not the store's
    return explainFolderError(name, async () => {
      const known = await this.#facts(name);
      const facts = known === undefined ? await this.#putCopy(name, file, options) : await this.#putSame(name, file, options);
      await syncDirectory(path.dirname(target));
      return facts;
    });
  }

  async #putCopy(name: string, file: string, options: PutOptions): Promise<ObjectFacts> {
    const temporary = this.#temporary();
    try {
      const facts = newFacts(name, await copyDurably(file, temporary), options);
      await this.#folders.make(path.dirname(this.#pathOf(name)));
      return await this.#lock.hold(async () => (await this.#match(facts)) ?? (await this.#create(facts, temporary)));
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** What is there already need not be copied to be compared. */
  async #putSame(name: string, file: string, options: PutOptions): Promise<ObjectFacts> {
    const facts = newFacts(name, await hashFile(file), options);
    return (await this.#lock.hold(() => this.#match(facts))) ?? (await this.#putCopy(name, file, options));
  }

  async #match(facts: ObjectFacts): Promise<ObjectFacts | undefined> {
    const existing = await this.#facts(facts.name);
    if (existing === undefined) return undefined;
    if (existing.sha256 !== facts.sha256) throw new ObjectExists(facts.name);
    return this.#change(existing, strengthen(existing, facts));
  }

  async #create(facts: ObjectFacts, temporary: string): Promise<ObjectFacts> {
    const target = this.#pathOf(facts.name);
    if ((await lstat(target).catch(() => undefined)) !== undefined) throw new UnusableName(facts.name, 'it is a folder of other objects');
    const write = async (): Promise<void> => {
      await writeFacts(this.#temporary(), target, facts);
      await linkOrRename(temporary, target);
    };
    await write().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      this.#folders.forget(path.dirname(target)); // another process deleted the last object of this folder, and with it the folder
      await this.#folders.make(path.dirname(target));
      await write();
    });
    return facts;
  }

  async #change(before: ObjectFacts, after: ObjectFacts): Promise<ObjectFacts> {
    const target = this.#pathOf(after.name);
    const written = before === after && (await lstat(factsFileOf(target)).catch(() => undefined)) !== undefined;
    if (!written) await writeFacts(this.#temporary(), target, after);
    return after;
  }

  async *read(name: string, range?: ObjectRange): AsyncGenerator<Uint8Array> {
    const facts = await this.head(name);
    if (facts === undefined) throw new ObjectMissing(name);
    const { offset, length } = range ?? { offset: 0, length: facts.bytes };
    if (!(offset >= 0 && length >= 0 && offset + length <= facts.bytes)) {
      throw new RangeError(`${name} has ${facts.bytes} bytes: ${length} from ${offset} are not within.`);
    }
    const handle = await this.#openObject(name);
    try {
      const { size } = await handle.stat();
      if (size !== facts.bytes) throw new ObjectDamaged(name, `it has ${size} bytes, and ${facts.bytes} were put`);
      yield* range === undefined ? readVerified(handle, facts) : readChunks(handle, offset, length);
    } finally {
      await handle.close();
    }
  }

  #openObject(name: string): Promise<FileHandle> {
    return explainFolderError(name, async () => {
      const handle = await open(this.#pathOf(name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
        (error: NodeJS.ErrnoException) => {
          throw error.code === 'ENOENT' ? new ObjectMissing(name, { cause: error }) : error;
        },
      );
      return handle;
    });
  }

  async head(name: string): Promise<ObjectFacts | undefined> {
    checkObjectName(name);
    return explainFolderError(name, () => this.#facts(name));
  }

  async #facts(name: string): Promise<ObjectFacts | undefined> {
    const target = this.#pathOf(name);
    const entry = await lstat(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (entry === undefined || entry.isDirectory()) return undefined;
    if (!entry.isFile()) throw new ObjectDamaged(name, 'in its place stands something that is not a file');
    const facts = await readFacts(name, target);
    return facts ?? { name, ...(await hashFile(target)), legalHold: false };
  }

  async *list(prefix: string): AsyncGenerator<ObjectFacts> {
    checkPrefix(prefix);
    for await (const name of listFolder(this.#root, prefix)) {
      const facts = await this.head(name);
      if (facts !== undefined) yield facts;
    }
  }

  async retain(name: string, until: Date): Promise<void> {
    await this.#update(name, (facts) => strengthen(facts, { retainUntil: until }));
  }

  async hold(name: string, on: boolean): Promise<void> {
    await this.#update(name, (facts) => (facts.legalHold === on ? facts : { ...facts, legalHold: on }));
  }

  async #update(name: string, change: (facts: ObjectFacts) => ObjectFacts): Promise<void> {
    const target = this.#pathOf(name);
    await explainFolderError(name, async () => {
      await this.#lock.hold(async () => {
        const facts = await this.#facts(name);
        if (facts === undefined) throw new ObjectMissing(name);
        await this.#change(facts, change(facts));
      });
      await syncDirectory(path.dirname(target));
    });
  }

  async delete(name: string): Promise<void> {
    const target = this.#pathOf(name);
    await explainFolderError(name, () => this.#lock.hold(() => this.#remove(name, target)));
  }

  async #remove(name: string, target: string): Promise<void> {
    const facts = await this.#facts(name);
    if (facts === undefined) return;
    if (isLocked(facts)) throw new ObjectLocked(name, facts);
    await unlink(target);
    await rm(factsFileOf(target), { force: true });
    await syncDirectory(path.dirname(target));
    await this.#removeEmpty(path.dirname(target));
  }

  async #removeEmpty(folder: string): Promise<void> {
    if (folder === this.#root) return;
    const removed = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!removed) return;
    this.#folders.forget(folder);
    await this.#removeEmpty(path.dirname(folder));
  }

  close(): Promise<void> {
    return this.#lock.close();
  }

  #pathOf(name: string): string {
    checkObjectName(name);
    return path.join(this.#root, ...name.split('/'));
  }

  readonly #temporary = (): string => path.join(this.#root, '.incoming', randomUUID());
}

/** Under the lock nobody of ours can come between the look and the rename; `link` also guards against others, where the disk has it. */
async function linkOrRename(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await rename(from, to);
  }
}

async function* readVerified(handle: FileHandle, facts: ObjectFacts): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of readChunks(handle, 0, facts.bytes)) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== facts.sha256) throw new ObjectDamaged(facts.name, 'its bytes do not have the digest of those that were put');
}
