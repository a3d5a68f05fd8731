import { describe, expect, it } from 'vitest';
import { tokenize, tokenizeLoose } from './tokenize.ts';
import { unescapeBytes, unescapeString } from './unescape.ts';

const show = (text: string) =>
  tokenize(text)
    .map((token) => `${token.kind}:${token.text}`)
    .slice(0, -1);

describe('tokenize', () => {
  it.each([
    ['a.b', ['word:a', 'symbol:.', 'word:b']],
    ['a.1b', ['word:a', 'symbol:.', 'word:1b']],
    ['select .5', ['word:select', 'float:.5']],
    ['1.5e-3 0xAf 7', ['float:1.5e-3', 'int:0xAf', 'int:7']],
    ['a<>b<=c||d|>e', ['word:a', 'symbol:<>', 'word:b', 'symbol:<=', 'word:c', 'symbol:||', 'word:d', 'symbol:|>', 'word:e']],
    ['ARRAY<ARRAY<INT64>>', ['word:ARRAY', 'symbol:<', 'word:ARRAY', 'symbol:<', 'word:INT64', 'symbol:>', 'symbol:>']],
    ["rb'\\\\' 'it\\'s'", ["bytes:rb'\\\\'", "string:'it\\'s'"]],
    ["'a' r\"b\" '''c\n'd'''", ["string:'a'", 'string:r"b"', "string:'''c\n'd'''"]],
    ['a--x\nb#y\r\nc/*z*/d', ['word:a', 'word:b', 'word:c', 'word:d']],
    ['@select @@x.y ?', ['symbol:@', 'word:select', 'symbol:@@', 'word:x', 'symbol:.', 'word:y', 'symbol:?']],
  ])('%s', (text, expected) => expect(show(text)).toEqual(expected));

  it('knows reserved words, but not after a dot', () => {
    expect(tokenize('from a.from offset').map((token) => token.isReserved)).toEqual([true, false, false, false, false, false]);
  });
});

describe('tokenizeLoose', () => {
  it('keeps comments and goes on after what is no token', () => {
    expect(tokenizeLoose("a /* b */ ! 'c").map((token) => token.kind)).toEqual(['word', 'comment', 'invalid', 'invalid']);
  });

  it('covers hostile text without throwing', () => {
    for (const text of ['"""', "'", '`', '/*', '\\', '\u0000', '😀', '1e', '0x', 'r"', '@', '..5'])
      expect(() => tokenizeLoose(text)).not.toThrow();
  });
});

describe('escapes', () => {
  it.each([
    ["'a\\n\\t\\\\\\'\\x41\\101\\u00e9\\U0001F600'", "a\n\t\\'AAé😀"],
    ["r'\\n'", '\\n'],
    ["'''a\r\nb'''", 'a\nb'],
    ['`a\\`b`', 'a`b'],
  ])('%s', (literal, value) => expect(unescapeString(literal)).toEqual({ value }));

  it('spells bytes out as UTF-8', () => {
    expect(unescapeBytes("b'é\\xff'")).toEqual({ value: '\xc3\xa9\xff' });
  });

  it.each([
    ["'\\q'", 'Illegal escape sequence: \\q'],
    ["'\\u12'", 'Illegal escape sequence: \\u must be followed by 4 hex digits but saw: \\u12'],
    ["'\\U00110000'", 'Illegal escape sequence: Value of \\U00110000 exceeds Unicode limit (0x0010FFFF)'],
    ["'\\ud800'", 'Illegal escape sequence: Unicode value \\ud800 is invalid'],
  ])('%s', (literal, reason) => expect(unescapeString(literal).fault?.reason).toBe(reason));
});
