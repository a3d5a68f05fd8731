import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { canonicalJson } from '../../../shared/base/canonical-json.ts';
import type { CustodyEntry } from '../../../shared/contract/finding.ts';

/** What the investigator did with the case: one line per act, each holding the hash of the one before. */
export type CustodyLog = {
  note(action: string, detail: string): Promise<void>;
  /** `intact` is false when a line was changed, taken out or cut. */
  list(): Promise<{ readonly intact: boolean; readonly entries: CustodyEntry[] }>;
};

const firstHash = '0'.repeat(64);

/** Without a file, the log lasts as long as the engine. */
export async function openCustodyLog(file: string | undefined, now: () => Date = () => new Date()): Promise<CustodyLog> {
  const entries: CustodyEntry[] = [];
  let intact = true;
  for (const line of file === undefined ? [] : await readLines(file)) {
    const entry = parseEntry(line);
    if (entry === undefined || entry.hash !== hashOf(entry, entries.at(-1)?.hash ?? firstHash)) intact = false;
    if (entry !== undefined) entries.push(entry);
  }
  let writing: Promise<void> = Promise.resolve();

  async function append(action: string, detail: string): Promise<void> {
    const entry = { seq: entries.length, at: now().toISOString(), actor: actorName(), action, detail };
    const sealed = { ...entry, hash: hashOf(entry, entries.at(-1)?.hash ?? firstHash) };
    entries.push(sealed);
    if (file === undefined) return;
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, `${JSON.stringify(sealed)}\n`, { mode: 0o600 });
  }

  return {
    note: (action, detail) => {
      writing = writing.then(() => append(action, detail));
      return writing;
    },
    list: async () => {
      await writing;
      return { intact, entries: [...entries] };
    },
  };
}

function hashOf({ seq, at, actor, action, detail }: Omit<CustodyEntry, 'hash'>, previous: string): string {
  return createHash('sha256').update(previous).update(canonicalJson({ seq, at, actor, action, detail })).digest('hex');
}

function parseEntry(line: string): CustodyEntry | undefined {
  try {
    const entry = JSON.parse(line) as CustodyEntry;
    return typeof entry.hash === 'string' && typeof entry.seq === 'number' ? entry : undefined;
  } catch {
    return undefined;
  }
}

async function readLines(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => line !== '');
}

function actorName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
