const maximum = 10_000;

/** Values that are taken once, soon, or never: bounded in number and time. */
export class ShortMemory<Value> {
  readonly #values = new Map<string, { readonly value: Value; readonly until: number }>();
  readonly #lifeMs: number;
  readonly #now: () => number;

  constructor(lifeMs: number, now: () => number = Date.now) {
    this.#lifeMs = lifeMs;
    this.#now = now;
  }

  keep(key: string, value: Value): void {
    for (const [old, { until }] of this.#values) {
      if (until > this.#now() && this.#values.size < maximum) break;
      this.#values.delete(old);
    }
    this.#values.set(key, { value, until: this.#now() + this.#lifeMs });
  }

  peek(key: string): Value | undefined {
    const found = this.#values.get(key);
    return found !== undefined && found.until > this.#now() ? found.value : undefined;
  }

  take(key: string): Value | undefined {
    const value = this.peek(key);
    this.#values.delete(key);
    return value;
  }
}
