import { EMPTY_ROOT, nodeHash } from './merkle-tree.ts';

/** An RFC 6962 tree that keeps the hash of every complete subtree, so that any proof of any size costs a few look-ups. */
export class CachedTree {
  /** By height: the roots of the complete subtrees of 2^height leaves, from the left. */
  readonly #levels: string[][] = [[]];

  constructor(leaves: Iterable<string> = []) {
    for (const leaf of leaves) this.append(leaf);
  }

  get size(): number {
    return this.#levels[0]!.length;
  }

  append(leaf: string): void {
    let hash = leaf;
    for (let height = 0; ; height += 1) {
      if (height === this.#levels.length) this.#levels.push([]);
      const level = this.#levels[height]!;
      level.push(hash);
      if (level.length % 2 === 1) return;
      hash = nodeHash(level.at(-2)!, hash);
    }
  }

  root(size = this.size): string {
    return size === 0 ? EMPTY_ROOT : this.#range(0, size);
  }

  /** RFC 6962 §2.1.1, from the leaf upwards. */
  inclusion(index: number, size: number): string[] {
    return this.#path(index, 0, size);
  }

  /** RFC 6962 §2.1.2; nothing for a tree of no leaves or of the same size. */
  consistency(older: number, size: number): string[] {
    return older === 0 || older === size ? [] : this.#subProof(older, 0, size, true);
  }

  /** Roots of the complete subtrees that make up the first `size` leaves, the largest first. */
  border(size: number): string[] {
    const found: string[] = [];
    let at = 0;
    for (let height = this.#levels.length - 1; height >= 0; height -= 1) {
      const width = 2 ** height;
      if (Math.floor(size / width) % 2 === 0) continue;
      found.push(this.#levels[height]![at / width]!);
      at += width;
    }
    return found;
  }

  #range(begin: number, end: number): string {
    const width = end - begin;
    const height = Math.log2(width);
    if (Number.isInteger(height) && begin % width === 0) return this.#levels[height]![begin / width]!;
    const split = begin + splitOf(width);
    return nodeHash(this.#range(begin, split), this.#range(split, end));
  }

  #path(index: number, begin: number, end: number): string[] {
    if (end - begin === 1) return [];
    const split = begin + splitOf(end - begin);
    if (index < split) return [...this.#path(index, begin, split), this.#range(split, end)];
    return [...this.#path(index, split, end), this.#range(begin, split)];
  }

  #subProof(older: number, begin: number, end: number, isComplete: boolean): string[] {
    if (older === end) return isComplete ? [] : [this.#range(begin, end)];
    const split = begin + splitOf(end - begin);
    if (older <= split) return [...this.#subProof(older, begin, split, isComplete), this.#range(split, end)];
    return [...this.#subProof(older, split, end, false), this.#range(begin, split)];
  }
}

/** Largest power of two smaller than `width` (≥ 2). */
function splitOf(width: number): number {
  let split = 1;
  while (split * 2 < width) split *= 2;
  return split;
}
