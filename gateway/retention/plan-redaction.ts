import type { BodySide, ColumnsLeaf, DisclosureValue } from '../../shared/bundle/format.ts';
import { parseResultTable } from '../../shared/bundle/result-columns.ts';
import { LifecycleRefused } from './lifecycle-refused.ts';
import { Needles } from './needles.ts';
import { describeRedaction, type Redaction } from './redaction.ts';
import type { Disclosed, SessionSource, SourceExchange, SourceLeaf } from './session-source.ts';

/** What is to be left out when a session is written anew. Exchanges by number. */
export type RedactionPlan = {
  /** Of disclosures. */
  readonly digests: Set<string>;
  readonly bodies: Map<number, Set<BodySide>>;
  readonly columns: Map<number, Set<number>>;
  /** What was found besides what was asked for, for people. */
  readonly also: string[];
  /** What stays because it stands in the records themselves. */
  readonly remains: string[];
};

type Headers = readonly (readonly [string, string])[];
const MAX_LOADED_BYTES = 256 * 1_048_576;
const MIN_HEADER_CHARACTERS = 6;
/** With a body goes what is another form of the same content. */
const sidesWith = {
  request: ['request', 'upstream-request'],
  response: ['response', 'upstream-response', 'cells'],
} as const satisfies Record<'request' | 'response', readonly BodySide[]>;

/** Finds what is asked for, then wherever else its text stands. Throws LifecycleRefused when there is nothing to take out. */
export async function planRedaction(source: SessionSource, redactions: readonly Redaction[]): Promise<RedactionPlan> {
  const plan: RedactionPlan = { digests: new Set(), bodies: new Map(), columns: new Map(), also: [], remains: [] };
  const needles = new Needles();
  const unmet = new Set(redactions);
  const select = new Selection(source, plan, needles, unmet);
  await source.walk(async (leaf, ended) => select.take(leaf, ended, redactions));
  const [first] = unmet;
  if (first !== undefined)
    throw new LifecycleRefused('NOTHING_TO_REDACT', `There is no ${describeRedaction(first)} to redact: ${remedyOf(first)}`);
  await findElsewhere(source, plan, needles);
  return plan;
}

function remedyOf(redaction: Redaction): string {
  if (redaction.kind === 'column') return 'its answer must be kept with column digests; take out the whole body (--body response) instead.';
  return 'look at the session with "steno review" or "steno sessions"; it may be redacted already.';
}

/** The first pass: what the redactions name. */
class Selection {
  readonly #source: SessionSource;
  readonly #plan: RedactionPlan;
  readonly #needles: Needles;
  readonly #unmet: Set<Redaction>;

  constructor(source: SessionSource, plan: RedactionPlan, needles: Needles, unmet: Set<Redaction>) {
    this.#source = source;
    this.#plan = plan;
    this.#needles = needles;
    this.#unmet = unmet;
  }

  async take(source: SourceLeaf, ended: SourceExchange | undefined, redactions: readonly Redaction[]): Promise<void> {
    for (const redaction of redactions) {
      if (ended !== undefined && isAbout(redaction, ended.number)) await this.#exchange(redaction, ended);
      if (source.leaf.kind === 'columns' && isAbout(redaction, source.leaf.exchange)) await this.#columns(redaction, source.leaf, source);
      if (ended === undefined && redaction.kind === 'field' && redaction.exchange === undefined) this.#beside(redaction.field, source);
    }
  }

  async #exchange(redaction: Redaction, exchange: SourceExchange): Promise<void> {
    if (redaction.kind === 'field') {
      const found = exchange.disclosed.get(redaction.field);
      if (found === undefined) return;
      this.#drop(found);
      this.#needles.add(textsOf[redaction.field](found.value));
      this.#unmet.delete(redaction);
    } else if (redaction.kind === 'header') {
      for (const name of ['request', 'response', 'upstream-request'] as const) this.#header(redaction, exchange.disclosed.get(name));
    } else if (redaction.kind === 'body') {
      const sides = sidesWith[redaction.side].filter((side) => exchange.end.bodies.some((body) => body.side === side && body.length > 0));
      if (!(await this.#isStored(exchange, redaction.side))) return;
      for (const side of sides) dropBody(this.#plan, exchange.number, side);
      this.#unmet.delete(redaction);
    }
  }

  /** Values of the whole session that belong to no exchange: who opened it, who approved. */
  #beside(field: string, { disclosed }: SourceLeaf): void {
    if (field !== 'identity') return;
    for (const name of ['session-identity', 'identity'] as const) {
      const found = disclosed.get(name);
      if (found !== undefined) this.#drop(found);
      if (found !== undefined) this.#needles.add(whoIs(found.value));
    }
  }

  #header(redaction: Extract<Redaction, { kind: 'header' }>, found: Disclosed | undefined): void {
    const headers = (found?.value as { headers?: Headers } | undefined)?.headers ?? [];
    const values = headers.filter(([name]) => name.toLowerCase() === redaction.header.toLowerCase()).map(([, value]) => value);
    if (found === undefined || values.length === 0) return;
    this.#drop(found);
    this.#needles.add(values, MIN_HEADER_CHARACTERS);
    this.#unmet.delete(redaction);
  }

  async #columns(redaction: Redaction, leaf: ColumnsLeaf, { disclosed, columnSalts: salts }: SourceLeaf): Promise<void> {
    if (redaction.kind !== 'column') return;
    const value = disclosed.get('result-columns')?.value as DisclosureValue<'result-columns'> | undefined;
    const { column } = redaction;
    const places = (value?.columns ?? []).flatMap(([name], index) => (column === index || column === name ? [index] : []));
    const left = places.filter((index) => salts?.columns[index]?.salt !== undefined);
    if (left.length === 0 || !(await this.#hasTable(leaf))) return;
    this.#plan.columns.set(leaf.exchange, new Set([...(this.#plan.columns.get(leaf.exchange) ?? []), ...left]));
    this.#unmet.delete(redaction);
  }

  async #hasTable({ exchangeId }: ColumnsLeaf): Promise<boolean> {
    const place = (await this.#source.records(exchangeId)).find(({ record }) => record === 'response' || record === 'conversion');
    if (place === undefined) return false;
    const body = await this.#source.body(place);
    return body.length > 0 && parseResultTable(await load(body.read())) !== undefined;
  }

  /** As bytes, or as digests with their salts. */
  async #isStored({ exchangeId, salts }: SourceExchange, side: BodySide): Promise<boolean> {
    const places = await this.#source.records(exchangeId);
    const hasSalts = salts.some((body) => body.side === side && body.salts.length > 0);
    return hasSalts || (side === 'response' && places.some(({ record }) => record === 'conversion'));
  }

  #drop({ digest }: Disclosed): void {
    this.#plan.digests.add(digest);
  }
}

/** The second pass: other values and bodies that hold a redacted text. */
async function findElsewhere(source: SessionSource, plan: RedactionPlan, needles: Needles): Promise<void> {
  if (needles.isEmpty) return;
  await source.walk(async ({ leaf, line, fresh }, ended) => {
    if (needles.areIn(line)) plan.remains.push(`leaf ${leaf.seq} (${leaf.kind})`);
    for (const { name, digest, line: text } of fresh) {
      if (plan.digests.has(digest) || !needles.areIn(text)) continue;
      plan.digests.add(digest);
      plan.also.push(`${name} of leaf ${leaf.seq}`);
    }
    if (ended !== undefined) await findInBodies(source, plan, needles, ended);
  });
}

async function findInBodies(source: SessionSource, plan: RedactionPlan, needles: Needles, exchange: SourceExchange): Promise<void> {
  for (const place of await source.records(exchange.exchangeId)) {
    const side = place.record === 'conversion' ? 'response' : place.record;
    if (side === 'metadata' || side === 'columns' || side === 'upstream-response' || side === 'cells') continue;
    const { length, read } = await source.body(place);
    if (length === 0 || plan.bodies.get(exchange.number)?.has(side) || !needles.areIn(await load(read()))) continue;
    const sides = sidesWith[side === 'response' ? 'response' : 'request'];
    const own = sides.filter((one) => one === side || side === 'response');
    for (const one of own) if (exchange.end.bodies.some((body) => body.side === one)) dropBody(plan, exchange.number, one);
    plan.also.push(`${side} body of exchange ${exchange.number}`);
  }
}

function dropBody(plan: RedactionPlan, exchange: number, side: BodySide): void {
  plan.bodies.set(exchange, (plan.bodies.get(exchange) ?? new Set()).add(side));
}

async function load(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const loaded: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > MAX_LOADED_BYTES)
      throw new LifecycleRefused('INPUT_UNUSABLE', 'A body over 256 MiB cannot be searched: take it out as a whole (--body) first.');
    loaded.push(piece);
  }
  return Buffer.concat(loaded);
}

/** What of a value is to be found elsewhere. */
const textsOf = {
  sql: (value: unknown): string[] => [String(value)],
  parameters: (value: unknown): string[] => [...valuesOf(value)],
  identity: whoIs,
} as const;

/** What tells who somebody is; groups and tools stand for many. */
function whoIs(value: unknown): string[] {
  const { email, name, subject } = value as { email?: string; name?: string; subject?: string };
  return [email, name, subject].filter((each) => each !== undefined);
}

/** BigQuery's query parameters: what stands under `value`, at any depth; not their names and types. */
function* valuesOf(parameter: unknown): Generator<string> {
  if (typeof parameter !== 'object' || parameter === null) return;
  for (const [name, each] of Object.entries(parameter)) {
    if (name === 'value' && typeof each === 'string') yield each;
    else yield* valuesOf(each);
  }
}

const isAbout = ({ exchange }: Redaction, number: number): boolean => exchange === undefined || exchange === number;
