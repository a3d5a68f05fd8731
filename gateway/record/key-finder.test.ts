import { expect, it } from 'vitest';
import { KeyFinder } from './key-finder.ts';

const textOf = (text: string, name: string, from = 0): string =>
  text.slice(new KeyFinder(name).find(Buffer.from(text), from)).split('"')[0]!;

it('finds where the value of a key begins', () => {
  expect(textOf('{"at":"now","kind":"end","prev":"00"}', 'kind')).toBe('end');
  expect(textOf('{"kind":"a","kind":"b"}', 'kind', 5)).toBe('b');
  expect(new KeyFinder('kind').find(Buffer.from('{"at":"now"}'))).toBe(0);
  expect(new KeyFinder('kind').find(Buffer.from('kind":"'))).toBe(0);
});

it('takes neither a longer key nor the inside of a string for it', () => {
  expect(textOf('{"mankind":"us","kind":"end"}', 'kind')).toBe('end');
  expect(textOf(JSON.stringify({ a: '"kind":"intent"', kind: 'end' }), 'kind')).toBe('end');
});
