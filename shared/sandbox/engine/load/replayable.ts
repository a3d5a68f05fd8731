/** A stream whose beginning can be looked at before it is read: what was peeked at is kept and comes again. */
export class Replayable {
  readonly #source: AsyncIterator<string>;
  readonly #kept: string[] = [];

  constructor(source: AsyncIterable<string>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async *peek(): AsyncGenerator<string> {
    for (let index = 0; ; index++) {
      if (index === this.#kept.length) {
        const next = await this.#source.next();
        if (next.done) return;
        this.#kept.push(next.value);
      }
      yield this.#kept[index]!;
    }
  }

  /** Once: what was kept is let go as it is read. */
  async *replay(): AsyncGenerator<string> {
    for (let text = this.#kept.shift(); text !== undefined; text = this.#kept.shift()) yield text;
    for (let next = await this.#source.next(); !next.done; next = await this.#source.next()) yield next.value;
  }
}

/** Stops reading after `count`; the rest of the stream is untouched. */
export async function takeFirst<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}
