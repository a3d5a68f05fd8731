/**
 * Where the value of a key with a string value begins in a leaf, at or after `from`; 0 when there is none. `name` must be plain ASCII.
 * Quotes inside strings are escaped, so these are the leaf's own keys. The search is for the name: quotes are too many to look at each.
 */
export class KeyFinder {
  readonly #needle: Buffer;

  constructor(name: string) {
    this.#needle = Buffer.from(`${name}":"`);
  }

  find(leaf: Buffer, from = 0): number {
    for (let at = leaf.indexOf(this.#needle, from); at > 0; at = leaf.indexOf(this.#needle, at + 1))
      if (leaf[at - 1] === QUOTE) return at + this.#needle.length;
    return 0;
  }
}

export const QUOTE = 0x22;
