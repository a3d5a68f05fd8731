import type { BodySide, ColumnSalts, ColumnsLeaf, DisclosureName, DisclosureValue } from '../../shared/bundle/format.ts';
import { type BodyInput, type MemberFile, MemberWriter } from '../../shared/bundle/member-writer.ts';
import { planRedaction, type RedactionPlan } from './plan-redaction.ts';
import { rebuildAnswer } from './rebuild-answer.ts';
import type { Redaction } from './redaction.ts';
import type { SessionSource, SourceExchange, SourceLeaf } from './session-source.ts';

export type RedactedMembers = {
  /** What a writer of members makes, in files of the folder. */
  readonly members: readonly MemberFile[];
  readonly exchanges: number;
  readonly leaves: number;
  /** Of disclosures, chunks and columns that are gone: what the custody log declares. */
  readonly digests: readonly string[];
  /** Values beyond those named that held the same text, and places in the records themselves that hold it and stay. */
  readonly also: readonly string[];
  readonly remains: readonly string[];
};

/** Writes a session anew without what is to be taken out. Every leaf stays as it is, so that every other proof holds. `folder` exists and is empty. */
export async function redactMembers(source: SessionSource, redactions: readonly Redaction[], folder: string): Promise<RedactedMembers> {
  const plan = await planRedaction(source, redactions);
  const rewrite = new Rewrite(source, plan, new MemberWriter(folder));
  await source.walk((leaf, ended) => rewrite.take(leaf, ended));
  return { ...rewrite.close(), also: plan.also, remains: plan.remains };
}

class Rewrite {
  readonly #source: SessionSource;
  readonly #plan: RedactionPlan;
  readonly #writer: MemberWriter;
  readonly #digests: Set<string>;
  /** Exchanges whose answer is gone: the salts of its columns go with it. */
  readonly #goneAnswers = new Set<number>();
  #hasBegun = false;

  constructor(source: SessionSource, plan: RedactionPlan, writer: MemberWriter) {
    this.#source = source;
    this.#plan = plan;
    this.#writer = writer;
    this.#digests = new Set(plan.digests);
  }

  async take({ leaf, line, fresh, disclosed, columnSalts }: SourceLeaf, ended: SourceExchange | undefined): Promise<void> {
    if (!this.#hasBegun && leaf.kind === 'session-open') {
      await this.#writer.begin({ at: leaf.startedAt, software: this.#source.software, sessionId: leaf.sessionId });
      this.#hasBegun = true;
    }
    this.#writer.addLeaf(line);
    for (const each of fresh) if (!this.#plan.digests.has(each.digest)) this.#writer.addDisclosure(each.line);
    if (ended !== undefined) await this.#exchange(ended);
    if (leaf.kind === 'columns')
      this.#columns(leaf, columnSalts, disclosed.get('result-columns')?.value as DisclosureValue<'result-columns'> | undefined);
  }

  close() {
    const members = this.#writer.close();
    return { members, exchanges: this.#writer.exchanges, leaves: this.#writer.leaves, digests: [...this.#digests] };
  }

  async #exchange(exchange: SourceExchange): Promise<void> {
    const value = <Name extends DisclosureName>(name: Name): DisclosureValue<Name> | undefined => {
      const found = exchange.disclosed.get(name);
      return found === undefined || this.#plan.digests.has(found.digest) ? undefined : (found.value as DisclosureValue<Name>);
    };
    const heads = { request: value('request'), upstreamRequest: value('upstream-request'), response: value('response') };
    const bodies = await this.#bodies(exchange, headless(heads));
    await this.#writer.addExchange({
      intent: exchange.intent,
      ...heads,
      isConverted: bodies.isConverted,
      bodies: bodies.inputs,
    });
  }

  async #bodies(exchange: SourceExchange, headlessSides: ReadonlySet<BodySide>) {
    const places = await this.#source.records(exchange.exchangeId);
    const inputs: BodyInput[] = [];
    let isConverted = false;
    for (const { side } of exchange.end.bodies) {
      const wasConverted = side === 'response' && places.some(({ record }) => record === 'conversion');
      const place = places.find(({ record }) => record === (wasConverted ? 'conversion' : side));
      const salts = exchange.salts.find((body) => body.side === side)?.salts;
      const body = place === undefined ? undefined : await this.#source.body(place);
      if (headlessSides.has(side) || this.#plan.bodies.get(exchange.number)?.has(side)) {
        if (side === 'response') this.#goneAnswers.add(exchange.number);
        if (salts !== undefined || (body !== undefined && body.length > 0)) this.#declare(exchange, side);
        continue;
      }
      const columns = side === 'response' ? this.#plan.columns.get(exchange.number) : undefined;
      if (columns !== undefined && body !== undefined) {
        inputs.push(await this.#convert(exchange, body, columns));
        isConverted = true;
      } else if (salts !== undefined || (body !== undefined && body.length > 0)) {
        inputs.push({ side, salts, length: body?.length ?? 0, read: body === undefined || body.length === 0 ? undefined : body.read });
        isConverted ||= wasConverted;
      }
    }
    return { inputs, isConverted };
  }

  async #convert(
    exchange: SourceExchange,
    body: { readonly read: () => AsyncIterable<Buffer> },
    columns: ReadonlySet<number>,
  ): Promise<BodyInput> {
    const pieces: Buffer[] = [];
    for await (const piece of body.read()) pieces.push(piece);
    const rebuilt = rebuildAnswer(Buffer.concat(pieces), columns);
    this.#declare(exchange, 'response');
    async function* read() {
      yield rebuilt;
    }
    return { side: 'response', salts: undefined, length: rebuilt.length, read };
  }

  /** The salts of a column go with it; those of all of them, and of the rest, when the answer itself is gone. */
  #columns(leaf: ColumnsLeaf, salts: ColumnSalts | undefined, value: DisclosureValue<'result-columns'> | undefined): void {
    if (salts === undefined) return;
    const isAnswerGone = this.#goneAnswers.has(leaf.exchange);
    const gone = this.#plan.columns.get(leaf.exchange) ?? new Set();
    const columns = salts.columns.map((column, index) => (isAnswerGone || gone.has(index) ? {} : column));
    for (const [index, column] of columns.entries()) {
      const digest = value?.columns[index]?.[1];
      if (column.salt === undefined && salts.columns[index]?.salt !== undefined && digest !== undefined) this.#digests.add(digest);
    }
    const kept: ColumnSalts = {
      columns,
      ...(isAnswerGone || salts.rest === undefined ? {} : { rest: salts.rest }),
    };
    this.#writer.addColumns(leaf, kept);
  }

  #declare(exchange: SourceExchange, side: BodySide): void {
    for (const chunk of exchange.chunks) if (chunk.side === side) this.#digests.add(chunk.digest);
  }
}

/** A message whose head is taken out has no record, so its body has no place either. */
function headless(heads: { readonly request: unknown; readonly upstreamRequest: unknown; readonly response: unknown }): Set<BodySide> {
  return new Set<BodySide>([
    ...(heads.request === undefined ? (['request'] as const) : []),
    ...(heads.upstreamRequest === undefined ? (['upstream-request'] as const) : []),
    ...(heads.response === undefined ? (['response'] as const) : []),
  ]);
}
