import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../shared/base/result.ts';
import { Judge } from './judge.ts';
import { type PolicyFile, type PolicyMistake, type PolicySet, parsePolicySet } from './policy-set.ts';

const settleMs = 150;

/** `policy/*.cedar` on disk: loaded, validated, watched. An invalid change leaves the last good policy in force, with an alarm. */
export class PolicyFolder {
  /** Undefined until the first good load: then everything is denied. */
  judge: Judge | undefined;
  /** Of the files as they are now; empty when they are in force. */
  mistakes: readonly PolicyMistake[] = [];
  readonly #directory: string;
  readonly #onChange: (folder: PolicyFolder) => void;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, onChange: (folder: PolicyFolder) => void = () => undefined) {
    this.#directory = directory;
    this.#onChange = onChange;
  }

  async load(): Promise<void> {
    const loaded = await loadPolicySet(this.#directory);
    this.mistakes = loaded.ok ? [] : loaded.error;
    if (loaded.ok && loaded.value.digest === this.judge?.policy.digest) return;
    if (loaded.ok) this.judge = new Judge(loaded.value);
    this.#onChange(this);
  }

  watch(): void {
    this.#watcher = watch(this.#directory, () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.load(), settleMs).unref();
    }).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }
}

export async function loadPolicySet(directory: string): Promise<Result<PolicySet, readonly PolicyMistake[]>> {
  const files = await readPolicyFiles(directory);
  if (!files.ok) return files;
  return parsePolicySet(files.value, await readSchema());
}

const readSchema = (): Promise<string> => readFile(join(import.meta.dirname, 'schema.cedarschema'), 'utf8');

async function readPolicyFiles(directory: string): Promise<Result<readonly PolicyFile[], readonly PolicyMistake[]>> {
  try {
    const names = (await readdir(directory)).filter((name) => name.endsWith('.cedar')).sort();
    return ok(await Promise.all(names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') }))));
  } catch (error) {
    return err([
      { file: directory, message: `cannot be read (${(error as NodeJS.ErrnoException).code}): it must be a folder with *.cedar files` },
    ]);
  }
}
