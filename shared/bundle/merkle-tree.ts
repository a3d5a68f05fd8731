import { hash } from 'node:crypto';

/** RFC 6962 §2.1. Hashes are lower-case hex throughout. */
export const EMPTY_ROOT = hash('sha256', '', 'hex');
export const NO_HASH = '0'.repeat(64);

const LEAF_PREFIX = Buffer.of(0);
const node = Buffer.alloc(65);
node[0] = 1;

const scratch = Buffer.alloc(65_536);

export function leafHash(leaf: Uint8Array | string): string {
  const bytes = typeof leaf === 'string' ? Buffer.from(leaf) : leaf;
  if (bytes.length >= scratch.length) return hash('sha256', Buffer.concat([LEAF_PREFIX, bytes]), 'hex');
  scratch.set(bytes, 1);
  return hash('sha256', scratch.subarray(0, bytes.length + 1), 'hex');
}

export function nodeHash(left: string, right: string): string {
  node.write(left, 1, 'hex');
  node.write(right, 33, 'hex');
  return hash('sha256', node, 'hex');
}

/** A growing tree that keeps only its right border: one hash for each bit set in its size. */
export class TreeHead {
  #size: number;
  readonly #border: string[];

  constructor(size = 0, border: readonly string[] = []) {
    this.#size = size;
    this.#border = [...border];
  }

  get size(): number {
    return this.#size;
  }

  get border(): readonly string[] {
    return this.#border;
  }

  append(leaf: string): void {
    let hash = leaf;
    for (let size = this.#size; size % 2 === 1; size = Math.floor(size / 2)) hash = nodeHash(this.#border.pop()!, hash);
    this.#border.push(hash);
    this.#size += 1;
  }

  root(): string {
    if (this.#size === 0) return EMPTY_ROOT;
    return this.#border.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** Largest power of two smaller than `size` (size ≥ 2). */
function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

export function treeRoot(leaves: readonly string[]): string {
  const tree = new TreeHead();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}

/** RFC 6962 §2.1.1: the audit path of leaf `index` in the tree of all `leaves`. */
export function inclusionProof(leaves: readonly string[], index: number): string[] {
  if (leaves.length <= 1) return [];
  const split = splitPoint(leaves.length);
  if (index < split) return [...inclusionProof(leaves.slice(0, split), index), treeRoot(leaves.slice(split))];
  return [...inclusionProof(leaves.slice(split), index - split), treeRoot(leaves.slice(0, split))];
}

/** RFC 9162 §2.1.3.2. `undefined`: the path cannot belong to a tree of this size. */
export function rootFromInclusion(leaf: string, index: number, size: number, path: readonly string[]): string | undefined {
  if (index >= size || leaf.length !== NO_HASH.length) return undefined;
  let position = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : undefined;
}

/** RFC 6962 §2.1.2: proof that the tree of the first `oldSize` leaves is a prefix of the tree of all `leaves`. */
export function consistencyProof(leaves: readonly string[], oldSize: number): string[] {
  return oldSize === 0 || oldSize === leaves.length ? [] : subProof(leaves, oldSize, true);
}

function subProof(leaves: readonly string[], oldSize: number, isComplete: boolean): string[] {
  if (oldSize === leaves.length) return isComplete ? [] : [treeRoot(leaves)];
  const split = splitPoint(leaves.length);
  if (oldSize <= split) return [...subProof(leaves.slice(0, split), oldSize, isComplete), treeRoot(leaves.slice(split))];
  return [...subProof(leaves.slice(split), oldSize - split, false), treeRoot(leaves.slice(0, split))];
}

/** RFC 9162 §2.1.4.2. */
export function isConsistent(
  older: { size: number; root: string },
  newer: { size: number; root: string },
  proof: readonly string[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root === newer.root && (older.size > 0 || older.root === EMPTY_ROOT);
  // Every tree goes on from the empty one, so that says nothing about this one.
  if (older.size === 0) return false;
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let position = older.size - 1;
  let last = newer.size - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  let oldHash = first;
  let newHash = first;
  for (const sibling of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && oldHash === older.root && newHash === newer.root;
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));
