import { describe, expect, it } from 'vitest';
import { hiddenCharacter, toSegments, toVisibleText } from './visible-text.ts';

const marks = (text: string, layout: 'inline' | 'block' = 'inline') =>
  toSegments(text, layout).flatMap((segment) => (segment.kind === 'mark' ? [segment.label] : []));

describe('visible text', () => {
  it('leaves ordinary text alone, in any script', () => {
    for (const text of ['SELECT 1', 'Zażółć gęślą', '売上 2026', 'שלום', 'مرحبا', '👩🏽 ❤️', 'a b']) {
      expect(toSegments(text, 'inline')).toEqual([{ kind: 'plain', text }]);
    }
  });

  it('names what reorders its neighbours', () => {
    expect(toVisibleText('access_level = "user\u202e \u2066// admin\u2069"')).toBe(
      'access_level = "user⟨U+202E⟩ ⟨U+2066⟩// admin⟨U+2069⟩"',
    );
  });

  it.each([
    ['a control character', 'a\u0000b', 'U+0000'],
    ['the escape of a terminal sequence', '\u001b[31m', 'U+001B'],
    ['a zero width space', 'SEL\u200bECT', 'U+200B'],
    ['a soft hyphen', 'ad\u00admin', 'U+00AD'],
    ['a no-break space', 'a\u00a0b', 'U+00A0'],
    ['a byte order mark', '\ufeffid', 'U+FEFF'],
    ['a Hangul filler', 'x\u3164', 'U+3164'],
    ['an invisible tag', 'x\u{e0041}', 'U+E0041'],
    ['a variation selector used as a carrier', 'x\ufe01', 'U+FE01'],
    ['half of a surrogate pair', 'x\ud83d', 'U+D83D'],
    ['a line separator', 'a\u2028b', 'U+2028'],
    ['a blank Braille pattern', '\u2800', 'U+2800'],
  ])('shows %s', (_what, text, label) => {
    expect(marks(text)).toEqual([label]);
    expect(text.match(hiddenCharacter())).toHaveLength(1);
  });

  it('keeps line feeds and tabs where the text has room for them', () => {
    expect(marks('a\n\tb', 'block')).toEqual([]);
    expect(marks('a\n\tb', 'inline')).toEqual(['↵', '⇥']);
    expect(marks('a\r\nb', 'block')).toEqual(['␍']);
  });

  it('loses nothing', () => {
    const text = 'a\u202eb\u0000\n👩🏽\u{e0041}c';
    expect(
      toSegments(text, 'inline')
        .map((segment) => segment.text)
        .join(''),
    ).toBe(text);
  });
});
