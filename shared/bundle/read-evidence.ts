import { hash } from 'node:crypto';
import { BundleError } from './bundle-error.ts';
import { bundlePaths, type Disclosure, type DisclosureName, MAX_LEAF_BYTES, type SessionLeaf } from './format.ts';
import { leafHash } from './merkle-tree.ts';
import { parseDisclosure, parseLeaf } from './parse-record.ts';
import { readLineRuns } from './read-lines.ts';
import { parseStrictJson } from './strict-json.ts';
import { upgradeRecord } from './upgrade-record.ts';
import type { MemberArchive } from './zip-archive.ts';

const MAX_DISCLOSURE_BYTES = 64 * 1_048_576;

export type ReadLeaf = { readonly leaf: SessionLeaf; readonly leafHash: string };

/** Leaves in order; throws BundleError on the first that does not fit the format. */
export async function* readLeaves(zip: MemberArchive, formatVersion: number): AsyncGenerator<ReadLeaf> {
  for await (const line of leafLines(zip)) {
    const leaf = parseLeaf(upgradeRecord(parseJsonLine(line), formatVersion));
    if (leaf === undefined) throw damaged(`${bundlePaths.leaves} holds a record that does not fit the format`);
    yield { leaf, leafHash: leafHash(line) };
  }
}

export const leafLines = (zip: MemberArchive): AsyncGenerator<Buffer> => oneByOne(leafRuns(zip));
export const disclosureLines = (zip: MemberArchive): AsyncGenerator<Buffer> => oneByOne(disclosureRuns(zip));

/** Lines that follow each other, many at a time. */
type LineRuns = AsyncGenerator<readonly Buffer[]>;

export const leafRuns = (zip: MemberArchive): LineRuns => runsOf(zip, bundlePaths.leaves, MAX_LEAF_BYTES);
const disclosureRuns = (zip: MemberArchive): LineRuns => runsOf(zip, bundlePaths.disclosures, MAX_DISCLOSURE_BYTES);

async function* oneByOne(runs: LineRuns): AsyncGenerator<Buffer> {
  for await (const lines of runs) yield* lines;
}

async function* runsOf(zip: MemberArchive, path: string, maxBytes: number): LineRuns {
  const entry = zip.entries.get(path);
  if (entry === undefined) throw damaged(`${path} is missing`);
  yield* readLineRuns(zip.stream(entry), maxBytes, path);
}

/** `undefined` for what is no JSON, or holds a key twice. */
export const parseJsonLine = (line: Buffer): unknown => parseStrictJson(line.toString('utf8'));

/** For texts whose canonical form is checked, or was: a key twice has none. `undefined` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Values that several leaves name. */
const sharedNames: ReadonlySet<string> = new Set<DisclosureName>(['identity', 'session-identity']);

/** For who needs some values only, and need not judge them since another one does: which digests were taken out, and which values are `wanted`. */
export type JudgedDisclosures = { readonly redacted: ReadonlySet<string>; readonly wanted: ReadonlySet<string> };

/**
 * Finds disclosures by digest while the leaves pass: they stand in the order in which leaves first name them, so one line of look-ahead is
 * enough. A digest whose line is not there was redacted. Shared values (who) stay in memory.
 */
export class DisclosureReader {
  readonly #runs: LineRuns;
  readonly #judged: JudgedDisclosures | undefined;
  readonly #shared = new Map<string, Disclosure>();
  #lines: readonly Buffer[] = [];
  #at = 0;
  /** Of the line that comes next. */
  #digest: string | undefined;
  #isDone = false;

  constructor(zip: MemberArchive, judged?: JudgedDisclosures) {
    this.#runs = disclosureRuns(zip);
    this.#judged = judged;
  }

  /** Rarely a promise: only where the next lines must be read. */
  find(digest: string, name = ''): Disclosure | undefined | Promise<Disclosure | undefined> {
    const shared = this.#shared.get(digest);
    if (shared !== undefined) return shared;
    const take = this.#judged === undefined ? () => this.#take(digest) : () => this.#takeJudged(digest, name, this.#judged!);
    return this.#at < this.#lines.length || this.#isDone ? take() : this.#readOn().then(take);
  }

  /** A line that no leaf asked for, once all leaves have passed. */
  async leftOver(): Promise<string | undefined> {
    if (this.#at === this.#lines.length && !this.#isDone) await this.#readOn();
    return this.#peek();
  }

  async close(): Promise<void> {
    await this.#runs.return(undefined);
  }

  #take(digest: string): Disclosure | undefined {
    const line = this.#lines[this.#at];
    if (line === undefined || this.#peek() !== digest) return undefined;
    this.#at += 1;
    this.#digest = undefined;
    const found = parseDisclosure(parseJsonLine(line));
    if (found === undefined) throw damaged(`${bundlePaths.disclosures} holds a value that does not fit the format`);
    if (sharedNames.has(found[1])) this.#shared.set(digest, found);
    return found;
  }

  /** Every digest that was not taken out has its line, in its place: the other one has seen to that. */
  #takeJudged(digest: string, name: string, { redacted, wanted }: JudgedDisclosures): Disclosure | undefined {
    const line = this.#lines[this.#at];
    if (line === undefined || (redacted.has(digest) && this.#peek() !== digest)) return undefined;
    this.#at += 1;
    this.#digest = undefined;
    const found = (wanted.has(name) ? parseJson(line.toString('utf8')) : ['', name]) as Disclosure | undefined;
    if (found !== undefined && sharedNames.has(name)) this.#shared.set(digest, found);
    return found;
  }

  #peek(): string | undefined {
    const line = this.#lines[this.#at];
    if (line !== undefined) this.#digest ??= hash('sha256', line, 'hex');
    return this.#digest;
  }

  async #readOn(): Promise<void> {
    const step = await this.#runs.next();
    this.#lines = step.done ? [] : step.value;
    this.#at = 0;
    this.#isDone = step.done === true;
  }
}

const damaged = (what: string): BundleError =>
  new BundleError('BUNDLE_DAMAGED', `The bundle is damaged: ${what}. Fetch it again from whoever exported it.`);
