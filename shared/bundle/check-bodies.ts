import { createHash } from 'node:crypto';
import type { ArchivePlace } from './archive-places.ts';
import type { EndedExchange } from './check-leaves.ts';
import {
  type BodySalts,
  type BodySide,
  bundlePaths,
  CELL_BYTES,
  type Chunk,
  type DisclosureValue,
  MAX_COLUMN_BODY_BYTES,
} from './format.ts';
import { matchesChunks } from './match-chunks.ts';
import { type ReadMessage, readMessage } from './read-body.ts';
import type { RecentAnswers } from './recent-answers.ts';
import type { Report } from './verification.ts';
import type { ArchivedRecord } from './warc-exchange.ts';
import { renderWarcHeader } from './warc-header.ts';
import type { ReadRecord } from './warc-reader.ts';

/** Of the record's block, as the leaves say: its head, and the bytes of its body. An answer that was rebuilt is never longer than one that has columns. */
export function maxBlockBytes({ end, chunks }: EndedExchange, { record, head }: ArchivedRecord): number {
  const sealed = end.bodies.find(({ side, stored }) => side === record && stored === 'sealed');
  if (record === 'conversion') return head.length + MAX_COLUMN_BODY_BYTES;
  return head.length + (sealed?.sealed?.length ?? bytesOf(verbatimChunks(chunks, record as BodySide)));
}

const verbatimChunks = (chunks: readonly Chunk[], side: BodySide): Chunk[] =>
  chunks.filter((chunk) => chunk.side === side && chunk.stored === 'verbatim');

const bytesOf = (chunks: readonly Chunk[]): number => chunks.reduce((sum, chunk) => sum + chunk.length, 0);

/** Holds every archived message against what records disclose of it, and its body against the digests of its chunks. */
export class BodyChecker {
  readonly #report: Report;
  readonly #redacted: ReadonlySet<string>;
  readonly #answers: RecentAnswers;
  #matching = 0;
  #digestsOnly = 0;
  #sealed = 0;
  #withheld = 0;
  #takenOut = 0;

  constructor(report: Report, redacted: ReadonlySet<string>, answers: RecentAnswers) {
    this.#report = report;
    this.#redacted = redacted;
    this.#answers = answers;
  }

  async message(
    exchange: EndedExchange,
    record: ArchivedRecord,
    place: ArchivePlace,
    read: ReadRecord,
    salts: BodySalts['bodies'],
  ): Promise<void> {
    const { exchangeId } = exchange.intent;
    const message = await readMessage(read, place);
    const { headerText, head, bodyBytes } = message;
    const isSame = headerText === renderWarcHeader(record.header, head.length + bodyBytes) && head.equals(record.head);
    if (!isSame) this.#report.fault('archive', exchangeId, `its ${record.record} does not say what the records disclose`);
    if (record.record === 'conversion') return await this.#converted(exchange, place, message);
    const side = record.record as BodySide;
    const body = exchange.end.bodies.find((one) => one.side === side);
    if (body?.stored === 'sealed') return await this.#seal(exchangeId, body.sealed, message);
    const chunks = verbatimChunks(exchange.chunks, side);
    const expectedBytes = bytesOf(chunks);
    const own = body?.stored === 'verbatim' ? (salts.find((one) => one.side === side)?.salts ?? []) : [];
    // Always to its end: whether the record is whole shows there.
    const isMatching = (await matchesChunks(message.body, chunks, own)) && bodyBytes === expectedBytes;
    if (side === 'response') this.#answers.keep(exchange, place, message, false);
    if (bodyBytes === 0 && expectedBytes > 0) return this.absent(exchange, side, salts);
    if (!isMatching) this.#report.fault('bodies', exchangeId, `its ${side} does not match the digests in its records`);
    else if (bodyBytes > 0) this.#matching += 1;
  }

  /** To its end, for whether the record is whole shows there. */
  async #converted(exchange: EndedExchange, place: ArchivePlace, message: ReadMessage): Promise<void> {
    for await (const _ of message.body);
    this.#answers.keep(exchange, place, message, true);
  }

  /** Each value of a row has its cell; only an answer that was cut off may end within a row. */
  cells({ intent, end, values }: EndedExchange): void {
    const cells = end.bodies.find(({ side }) => side === 'cells');
    const names = values.get('result-names')?.[2] as DisclosureValue<'result-names'> | undefined;
    const isWhole = end.kind === 'end' && end.framing === 'complete';
    const unit = CELL_BYTES * (isWhole ? (names?.length ?? 1) : 1);
    if (cells !== undefined && cells.length % unit !== 0)
      this.#report.fault('bodies', intent.exchangeId, `its cells are no whole ${unit === CELL_BYTES ? 'cells' : 'rows'}`);
  }

  /** A body that is not there: taken out and declared, or lost. Its salts must be gone too: with them, guesses could be confirmed. */
  absent(exchange: EndedExchange, side: BodySide, salts: BodySalts['bodies']): void {
    const { exchangeId } = exchange.intent;
    const chunks = exchange.chunks.filter((chunk) => chunk.side === side);
    if (!chunks.every((chunk) => this.#redacted.has(chunk.digest))) {
      this.#report.fault('bodies', exchangeId, `its ${side} is missing, and nobody declared to have taken it out`, 'missing');
    } else if (salts.some((body) => body.side === side)) {
      this.#report.fault('bodies', exchangeId, `its ${side} was taken out, but the salts of its digests are still there`);
    } else {
      this.#takenOut += 1;
    }
  }

  /** Bodies that are not in the archive by design. */
  count({ bodies }: EndedExchange['end']): void {
    for (const { stored } of bodies) {
      if (stored === 'digest') this.#digestsOnly += 1;
      if (stored === 'withheld') this.#withheld += 1;
    }
  }

  finish(): void {
    const beside = [
      this.#digestsOnly === 0 ? '' : `; ${this.#digestsOnly} recorded as digests only`,
      this.#sealed === 0 ? '' : `; ${this.#sealed} sealed to the escrow, whose age files are those recorded`,
      this.#withheld === 0 ? '' : `; ${this.#withheld} withheld`,
      this.#takenOut === 0 ? '' : `; ${this.#takenOut} redacted, as the custody log declares`,
    ];
    this.#report.done('bodies', bundlePaths.warc, `${this.#matching} bodies match their chunk digests${beside.join('')}`);
  }

  async #seal(exchangeId: string, sealed: { readonly length: number; readonly sha256: string } | undefined, message: ReadMessage) {
    const digest = createHash('sha256');
    for await (const piece of message.body) digest.update(piece);
    const isSame = sealed !== undefined && message.bodyBytes === sealed.length && digest.digest('hex') === sealed.sha256;
    if (isSame) this.#sealed += 1;
    else this.#report.fault('bodies', exchangeId, 'its sealed answer is not the age file that was recorded');
  }
}
