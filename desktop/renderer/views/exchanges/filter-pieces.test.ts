import { expect, it } from 'vitest';
import { toFilterPieces } from './filter-pieces.ts';

const shown = (text: string, terms: Parameters<typeof toFilterPieces>[1], wrong?: { start: number; end: number }) =>
  toFilterPieces(text, terms, wrong).map((piece) => `${piece.kind}:${piece.text}`);

it('marks the names of fields', () => {
  expect(
    shown('who:ci bytes>1GB x', [
      { kind: 'field', start: 0, end: 6 },
      { kind: 'field', start: 7, end: 16 },
      { kind: 'word', start: 17, end: 18 },
    ]),
  ).toEqual(['field:who:', 'plain:ci ', 'field:bytes>', 'plain:1GB x']);
});

it('marks what is wrong, over everything else', () => {
  expect(shown('whom:ci', [], { start: 0, end: 4 })).toEqual(['wrong:whom', 'plain::ci']);
});

it('marks a problem at the very end on nothing', () => expect(shown('who:', [], { start: 4, end: 4 })).toEqual(['plain:who:']));

it('covers the text without gaps', () => {
  const text = '-outcome:answered  "a b"';
  expect(
    toFilterPieces(text, [{ kind: 'field', start: 0, end: 17 }], { start: 3, end: 30 })
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});
