import { hash } from 'node:crypto';
import { BundleError } from './bundle-error.ts';
import { bundlePaths, type Disclosure, disclosureSchema, MAX_LEAF_BYTES, type SessionLeaf, sessionLeafSchema } from './format.ts';
import { leafHash } from './merkle-tree.ts';
import { readLines } from './read-lines.ts';
import { upgradeRecord } from './upgrade-record.ts';
import type { MemberArchive } from './zip-archive.ts';

const MAX_DISCLOSURE_BYTES = 64 * 1_048_576;

export type ReadLeaf = { readonly leaf: SessionLeaf; readonly leafHash: string };

/** Leaves in order; throws BundleError on the first that does not fit the format. */
export async function* readLeaves(zip: MemberArchive, formatVersion: number): AsyncGenerator<ReadLeaf> {
  for await (const line of leafLines(zip)) {
    const parsed = sessionLeafSchema.safeParse(upgradeRecord(parseJsonLine(line), formatVersion));
    if (!parsed.success) throw damaged(`${bundlePaths.leaves} holds a record that does not fit the format`);
    yield { leaf: parsed.data, leafHash: leafHash(line) };
  }
}

export const leafLines = (zip: MemberArchive): AsyncGenerator<Buffer> => linesOf(zip, bundlePaths.leaves, MAX_LEAF_BYTES);
export const disclosureLines = (zip: MemberArchive): AsyncGenerator<Buffer> => linesOf(zip, bundlePaths.disclosures, MAX_DISCLOSURE_BYTES);

async function* linesOf(zip: MemberArchive, path: string, maxBytes: number): AsyncGenerator<Buffer> {
  const entry = zip.entries.get(path);
  if (entry === undefined) throw damaged(`${path} is missing`);
  yield* readLines(zip.stream(entry), maxBytes, path);
}

export function parseJsonLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Finds disclosures by digest while the leaves pass: they stand in the order in which leaves first name them, so one line of look-ahead is
 * enough. A digest whose line is not there was redacted. Shared values (who) stay in memory.
 */
export class DisclosureReader {
  readonly #lines: AsyncGenerator<Buffer>;
  readonly #shared = new Map<string, Disclosure>();
  #next: { readonly digest: string; readonly line: Buffer } | undefined;
  #isDone = false;

  constructor(zip: MemberArchive) {
    this.#lines = disclosureLines(zip);
  }

  async find(digest: string): Promise<Disclosure | undefined> {
    const shared = this.#shared.get(digest);
    if (shared !== undefined) return shared;
    const next = await this.#peek();
    if (next?.digest !== digest) return undefined;
    this.#next = undefined;
    const parsed = disclosureSchema.safeParse(parseJsonLine(next.line));
    if (!parsed.success) throw damaged(`${bundlePaths.disclosures} holds a value that does not fit the format`);
    if (parsed.data[1] === 'identity' || parsed.data[1] === 'session-identity') this.#shared.set(digest, parsed.data);
    return parsed.data;
  }

  /** A line that no leaf asked for, once all leaves have passed. */
  async leftOver(): Promise<string | undefined> {
    return (await this.#peek())?.digest;
  }

  async close(): Promise<void> {
    await this.#lines.return(undefined);
  }

  async #peek(): Promise<{ readonly digest: string; readonly line: Buffer } | undefined> {
    if (this.#next !== undefined || this.#isDone) return this.#next;
    const step = await this.#lines.next();
    if (step.done) this.#isDone = true;
    else this.#next = { digest: hash('sha256', step.value, 'hex'), line: step.value };
    return this.#next;
  }
}

const damaged = (what: string): BundleError =>
  new BundleError('BUNDLE_DAMAGED', `The bundle is damaged: ${what}. Fetch it again from whoever exported it.`);
