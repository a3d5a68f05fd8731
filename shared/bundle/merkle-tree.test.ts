import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  isConsistent,
  leafHash,
  rootFromInclusion,
  TreeHead,
  treeRoot,
} from './merkle-tree.ts';

// Certificate Transparency's own test data (certificate-transparency repository, merkletree tests).
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) =>
  leafHash(Buffer.from(hex, 'hex')),
);
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('roots are those of the published vectors', () => {
  expect(EMPTY_ROOT).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  const tree = new TreeHead();
  for (const [index, root] of roots.entries()) {
    tree.append(leaves[index]!);
    expect(tree.root()).toBe(root);
    expect(new TreeHead(tree.size, tree.border).root()).toBe(root);
    expect(treeRoot(leaves.slice(0, index + 1))).toBe(root);
  }
});

test('an audit path is that of the published vectors', () => {
  expect(inclusionProof(leaves.slice(0, 8), 5)).toEqual([
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

const sized = fc
  .integer({ min: 1, max: 80 })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }));
const numbered = (size: number): string[] => Array.from({ length: size }, (_, index) => leafHash(`leaf ${index}`));

test('every leaf is proved by its own path, and by no other', () => {
  fc.assert(
    fc.property(sized, fc.nat(), ({ size, index }, noise) => {
      const tree = numbered(size);
      const path = inclusionProof(tree, index);
      expect(rootFromInclusion(tree[index]!, index, size, path)).toBe(treeRoot(tree));
      expect(rootFromInclusion(leafHash('other'), index, size, path)).not.toBe(treeRoot(tree));
      if (path.length === 0) return;
      const changed = path.with(noise % path.length, leafHash('other'));
      expect(rootFromInclusion(tree[index]!, index, size, changed)).not.toBe(treeRoot(tree));
      expect(rootFromInclusion(tree[index]!, index, size, path.slice(1))).not.toBe(treeRoot(tree));
      expect(rootFromInclusion(tree[index]!, index, size, [...path, path[0]!])).not.toBe(treeRoot(tree));
    }),
  );
});

test('a tree is proved to go on from an older one, and a rewritten one is not', () => {
  fc.assert(
    fc.property(sized, ({ size, index }) => {
      const tree = numbered(size);
      const older = { size: index, root: treeRoot(tree.slice(0, index)) };
      const newer = { size, root: treeRoot(tree) };
      const proof = consistencyProof(tree, index);
      expect(isConsistent(older, newer, proof)).toBe(index > 0);
      if (index === 0) return;
      const rewritten = tree.with(index - 1, leafHash('rewritten'));
      expect(isConsistent(older, { size, root: treeRoot(rewritten) }, consistencyProof(rewritten, index))).toBe(false);
    }),
  );
});
