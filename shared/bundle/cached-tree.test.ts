import { expect, test } from 'vitest';
import { CachedTree } from './cached-tree.ts';
import { consistencyProof, inclusionProof, leafHash, TreeHead, treeRoot } from './merkle-tree.ts';

test('roots, borders and proofs of every size are those of the plain algorithms', () => {
  const leaves = Array.from({ length: 70 }, (_, index) => leafHash(`leaf ${index}`));
  const tree = new CachedTree(leaves);
  const head = new TreeHead();
  for (let size = 1; size <= leaves.length; size += 1) {
    head.append(leaves[size - 1]!);
    const part = leaves.slice(0, size);
    expect(tree.root(size)).toBe(treeRoot(part));
    expect(tree.border(size)).toEqual(head.border);
    for (let other = 0; other < size; other += 7) {
      expect(tree.inclusion(other, size)).toEqual(inclusionProof(part, other));
      expect(tree.consistency(other, size)).toEqual(consistencyProof(part, other));
    }
  }
});
