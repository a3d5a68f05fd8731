import { type AnswerFacts, readAnswerFacts } from './answer-facts.ts';

const headLimit = 64 * 1024;
const tailLength = 2 * 1024;
const rowsMark = Buffer.from('"rows"');

/** Watches an answer pass by and reads the facts at its head and its tail; the rows between are not looked at. */
export class FactsReader {
  readonly facts: AnswerFacts = {};
  #head: Buffer[] = [];
  #headLength = 0;
  #isHeadRead = false;
  #tail: Buffer = Buffer.alloc(0);

  /** True once the head is read: who must know the job before the client does may let it pass. */
  push(chunk: Buffer): boolean {
    this.#tail = chunk.length >= tailLength || this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail.subarray(-tailLength), chunk]);
    if (this.#isHeadRead) return true;
    this.#head.push(chunk);
    this.#headLength += chunk.length;
    const rowsAt = chunk.indexOf(rowsMark);
    if (rowsAt >= 0 || this.#headLength >= headLimit)
      this.#readHead(rowsAt < 0 ? this.#headLength : this.#headLength - chunk.length + rowsAt);
    return this.#isHeadRead;
  }

  end(): AnswerFacts {
    if (!this.#isHeadRead) this.#readHead(this.#headLength);
    else readAnswerFacts(this.#tail.subarray(-tailLength).toString('utf8'), this.facts);
    return this.facts;
  }

  #readHead(end: number): void {
    this.#isHeadRead = true;
    const head = this.#head.length === 1 ? this.#head[0]! : Buffer.concat(this.#head);
    readAnswerFacts(head.subarray(0, Math.min(end, headLimit)).toString('utf8'), this.facts);
    this.#head = [];
  }
}
