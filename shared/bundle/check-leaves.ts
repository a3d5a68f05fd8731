import { isFault } from './bundle-error.ts';
import { isCanonicalText } from './canonical-text.ts';
import {
  bundlePaths,
  type Chunk,
  type ColumnsLeaf,
  type Disclosure,
  type DisclosureName,
  type DisclosureValue,
  type End,
  type Intent,
  type Reconcile,
  type SessionLeaf,
  type SessionOpen,
} from './format.ts';
import { leafHash, NO_HASH, TreeHead } from './merkle-tree.ts';
import { PagedRecords } from './paged-records.ts';
import { parseLeaf } from './parse-record.ts';
import { DisclosureReader, leafRuns, parseJson } from './read-evidence.ts';
import type { Report } from './verification.ts';
import type { ZipArchive } from './zip-archive.ts';

/** An exchange whose leaves are all there, for the checks of its archived bytes. */
export type EndedExchange = {
  /** Of the exchange in its session; `undefined` where the records contradict each other. */
  readonly number: number | undefined;
  readonly intent: Intent;
  readonly end: End | Reconcile;
  /** All chunks of its bodies, in order. */
  readonly chunks: readonly Chunk[];
  readonly values: ReadonlyMap<DisclosureName, Disclosure>;
};

/** What is told of the archived bytes, in the order of the leaves. */
export type ArchivedEvidence = {
  take(exchange: EndedExchange): Promise<void>;
  /** Exchanges, by number, whose columns are told of soon. */
  expect(numbers: readonly number[]): Promise<void>;
  columns(leaf: ColumnsLeaf, value: DisclosureValue<'result-columns'> | undefined): Promise<void>;
};

export type LeavesSummary = {
  readonly tree: TreeHead;
  readonly opening: SessionOpen | undefined;
  readonly isClosed: boolean;
  readonly ended: number;
};

type OpenExchange = { readonly intent: Intent; readonly chunks: Chunk[]; readonly values: Map<DisclosureName, Disclosure> };

/** `leaf` is `undefined` where it does not fit the format. */
type ReadLine = { readonly line: Buffer; readonly text: string; readonly leaf: SessionLeaf | undefined };

const ID_BYTES = 36;
/** What the archive says again. */
const archivedNames: ReadonlySet<string> = new Set<DisclosureName>([
  'request',
  'upstream-request',
  'response',
  'result-names',
  'result-columns',
]);

/** One pass over the leaves: their form, chain, tree, the life of each exchange, and what is disclosed of them. */
export class LeafChecker {
  readonly #zip: ZipArchive;
  readonly #areJudged: boolean;
  readonly #report: Report;
  readonly #redacted: ReadonlySet<string>;
  readonly #archive: ArchivedEvidence;
  readonly #disclosures: DisclosureReader;
  readonly #open = new Map<number, OpenExchange>();
  readonly #endedIds = new PagedRecords(ID_BYTES);
  readonly #tree = new TreeHead();
  #lines = 0;
  #prev = NO_HASH;
  #opening: SessionOpen | undefined;
  #isClosed = false;
  #exchanges = 0;
  #ended = 0;
  #disclosed = 0;
  #takenOut = 0;

  /** `areJudged`: another one judges each leaf and disclosure by itself, so that here they only need to be brought together. */
  constructor(zip: ZipArchive, report: Report, redacted: ReadonlySet<string>, archive: ArchivedEvidence, areJudged = false) {
    this.#areJudged = areJudged;
    this.#zip = zip;
    this.#report = report;
    this.#redacted = redacted;
    this.#archive = archive;
    this.#disclosures = new DisclosureReader(zip, areJudged ? { redacted, wanted: archivedNames } : undefined);
  }

  async run(isSnapshot: boolean): Promise<LeavesSummary> {
    try {
      for await (const lines of leafRuns(this.#zip)) {
        const read = lines.map((line) => readLine(line, this.#areJudged));
        await this.#archive.expect(read.flatMap(({ leaf }) => (leaf?.kind === 'columns' ? (this.#endedNumber(leaf) ?? []) : [])));
        for (const line of read) await this.#line(line);
      }
      await this.#finish(isSnapshot);
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#report.fault('leaves', bundlePaths.leaves, error.message);
    } finally {
      await this.#disclosures.close();
      this.#endedIds.close();
    }
    return { tree: this.#tree, opening: this.#opening, isClosed: this.#isClosed, ended: this.#ended };
  }

  async #line({ line, text, leaf }: ReadLine): Promise<void> {
    const subject = `leaf ${this.#lines}`;
    const place = this.#lines;
    this.#lines += 1;
    const prev = this.#areJudged ? undefined : this.#append(line);
    if (leaf === undefined) return this.#report.fault('leaves', subject, 'does not fit the format');
    if (!this.#areJudged && !isCanonicalText(leaf, text)) this.#report.fault('leaves', subject, 'is not canonical JSON (RFC 8785)');
    if (leaf.seq !== place) this.#report.fault('chain', subject, `says it is leaf ${leaf.seq}`);
    if (prev !== undefined && leaf.prev !== prev) this.#report.fault('chain', subject, 'does not name the leaf before it');
    await this.#take(leaf, subject);
  }

  /** Returns the hash of the leaf before it. */
  #append(line: Buffer): string {
    const prev = this.#prev;
    this.#prev = leafHash(line);
    this.#tree.append(this.#prev);
    return prev;
  }

  async #take(leaf: SessionLeaf, subject: string): Promise<void> {
    if (this.#isClosed) this.#report.fault('exchanges', subject, 'comes after the end of the session');
    if ((leaf.kind === 'session-open') !== (leaf.seq === 0))
      this.#report.fault('exchanges', subject, 'the opening of the session must come first, and once');
    const values = await this.#disclose(leaf, subject);
    if (leaf.kind === 'session-open') this.#opening ??= leaf;
    else if (leaf.kind === 'intent') this.#intent(leaf, values);
    else if (leaf.kind === 'chunk') this.#chunk(leaf, subject);
    else if (leaf.kind === 'end' || leaf.kind === 'reconcile') await this.#end(leaf, values, subject);
    else if (leaf.kind === 'columns') await this.#columns(leaf, values, subject);
    else if (leaf.kind === 'session-close') this.#close(leaf.exchanges, subject);
  }

  #intent(leaf: Intent, values: Map<DisclosureName, Disclosure>): void {
    this.#exchanges += 1;
    if (leaf.exchange !== this.#exchanges)
      this.#report.fault('exchanges', leaf.exchangeId, `has number ${leaf.exchange} where ${this.#exchanges} is due`);
    this.#open.set(leaf.exchange, { intent: leaf, chunks: [], values });
  }

  #chunk(leaf: Extract<SessionLeaf, { kind: 'chunk' }>, subject: string): void {
    const open = this.#open.get(leaf.exchange);
    if (open?.intent.exchangeId !== leaf.exchangeId) this.#report.fault('exchanges', subject, 'belongs to no open exchange');
    else open.chunks.push(leaf.chunk);
  }

  async #end(leaf: End | Reconcile, values: ReadonlyMap<DisclosureName, Disclosure>, subject: string): Promise<void> {
    const open = this.#open.get(leaf.exchange);
    if (open?.intent.exchangeId !== leaf.exchangeId)
      return this.#report.fault('exchanges', subject, 'ends an exchange that is not open (each has exactly one end)');
    this.#open.delete(leaf.exchange);
    this.#ended += 1;
    const chunks = [...open.chunks, ...leaf.chunks];
    if (!areWhole(leaf, chunks)) this.#report.fault('exchanges', leaf.exchangeId, 'its chunks do not make up its bodies');
    await this.#archive.take({ number: this.#noteEnd(leaf), intent: open.intent, end: leaf, chunks, values: merged(open.values, values) });
  }

  /** Its number, if it is one that was given. */
  #noteEnd({ exchange, exchangeId }: End | Reconcile): number | undefined {
    if (exchange < 1 || exchange > this.#exchanges) return undefined;
    this.#endedIds.edit(exchange).write(exchangeId, 'latin1');
    return exchange;
  }

  #endedNumber({ exchange, exchangeId }: ColumnsLeaf): number | undefined {
    const isGiven = exchange >= 1 && exchange <= this.#exchanges && !this.#open.has(exchange);
    return isGiven && this.#endedIds.at(exchange).toString('latin1') === exchangeId ? exchange : undefined;
  }

  async #columns(leaf: ColumnsLeaf, values: ReadonlyMap<DisclosureName, Disclosure>, subject: string): Promise<void> {
    if (this.#endedNumber(leaf) === undefined)
      return this.#report.fault('exchanges', subject, 'digests the columns of an exchange that has not ended');
    const isNamed = leaf.disclosed['result-columns'] !== undefined;
    if (isNamed === (leaf.missing !== undefined)) this.#report.fault('exchanges', subject, 'must either digest columns or say why not');
    if (!isNamed) return;
    const value = values.get('result-columns');
    await this.#archive.columns(leaf, value?.[1] === 'result-columns' ? value[2] : undefined);
  }

  #close(exchanges: number, subject: string): void {
    this.#isClosed = true;
    if (exchanges !== this.#exchanges)
      this.#report.fault('exchanges', subject, `counts ${exchanges} exchanges, there are ${this.#exchanges}`);
  }

  async #disclose(leaf: SessionLeaf, subject: string): Promise<Map<DisclosureName, Disclosure>> {
    const values = new Map<DisclosureName, Disclosure>();
    const named = 'disclosed' in leaf ? (leaf.disclosed as Readonly<Record<string, string | undefined>>) : {};
    for (const name of Object.keys(named).sort()) {
      const digest = named[name]!;
      const found = await this.#find(digest, name, subject);
      if (found === undefined && this.#redacted.has(digest)) this.#takenOut += 1;
      else if (found === undefined)
        this.#report.fault('disclosures', subject, `its ${name} is missing, and nobody declared to have taken it out`, 'missing');
      else if (found[1] !== name) this.#report.fault('disclosures', subject, `its ${name} is disclosed as ${found[1]}`);
      else values.set(found[1], found);
    }
    this.#disclosed += values.size;
    return values;
  }

  async #find(digest: string, name: string, subject: string): Promise<Disclosure | undefined> {
    try {
      return await this.#disclosures.find(digest, name);
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#report.fault('disclosures', subject, error.message);
      return undefined;
    }
  }

  async #finish(isSnapshot: boolean): Promise<void> {
    if (this.#opening === undefined) this.#report.fault('exchanges', 'session', 'has no opening', 'missing');
    if (!isSnapshot && !this.#isClosed) this.#report.fault('exchanges', 'session', 'has no end', 'missing');
    if (isSnapshot && this.#isClosed) this.#report.fault('exchanges', 'session', 'is closed, though the manifest calls it a snapshot');
    if (!isSnapshot)
      for (const { intent } of this.#open.values()) this.#report.fault('exchanges', intent.exchangeId, 'has no end', 'missing');
    const extra = await this.#disclosures.leftOver();
    if (extra !== undefined) this.#report.fault('disclosures', extra, 'is a value that no leaf names, or not where its leaf expects it');
    const underWay = this.#open.size === 0 ? '' : `, ${this.#open.size} under way`;
    this.#report.done('leaves', bundlePaths.leaves, `${this.#tree.size} records fit the format`);
    this.#report.done('chain', bundlePaths.leaves, 'each record names the one before it');
    this.#report.done('exchanges', 'session', `${this.#ended} exchanges, each with exactly one end${underWay}`);
    const takenOut = this.#takenOut === 0 ? '' : `; ${this.#takenOut} redacted, as the custody log declares`;
    this.#report.done(
      'disclosures',
      bundlePaths.disclosures,
      `${this.#disclosed} values match the salted digests in the records${takenOut}`,
    );
  }
}

function readLine(line: Buffer, isJudged: boolean): ReadLine {
  const text = line.toString('utf8');
  const value = parseJson(text);
  return { line, text, leaf: isJudged ? (value as SessionLeaf | undefined) : parseLeaf(value) };
}

function merged<Key, Value>(values: Map<Key, Value>, more: ReadonlyMap<Key, Value>): ReadonlyMap<Key, Value> {
  for (const [key, value] of more) values.set(key, value);
  return values;
}

/** The chunks of each side follow each other from 0 to the length of the body, as many as it says. */
function areWhole(end: End | Reconcile, chunks: readonly Chunk[]): boolean {
  const sides = new Set(end.bodies.map((body) => body.side));
  if (sides.size !== end.bodies.length || chunks.some((chunk) => !sides.has(chunk.side))) return false;
  return end.bodies.every((body) => {
    const own = chunks.filter((chunk) => chunk.side === body.side);
    if (body.sealed !== undefined && body.stored !== 'sealed') return false;
    if (body.stored === 'withheld') return own.length === 0 && body.chunks === 0;
    let offset = 0;
    for (const chunk of own) {
      if (chunk.offset !== offset || chunk.stored !== body.stored) return false;
      offset += chunk.length;
    }
    return own.length === body.chunks && offset === body.length;
  });
}
