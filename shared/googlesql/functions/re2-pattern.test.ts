import { describe, expect, it } from 'vitest';
import { translateRe2 } from './re2-pattern.ts';

const matches = (pattern: string, text: string): boolean => new RegExp(translateRe2(pattern).source, 'v').test(text);

describe('RE2 patterns', () => {
  it.each([
    [String.raw`^\pL+$`, 'é'],
    [String.raw`\Qa.b\E`, 'a.b'],
    ['[[:alpha:]_-]+$', 'a-_'],
    ['a(?i)B|C', 'aC'],
    [String.raw`(?P<year>\d{4})`, '2020'],
    [String.raw`\x{1F600}`, '😀'],
    ['a{,2}', 'a{,2}'],
    [String.raw`[^\s]`, '\u00a0'],
  ])('%s matches %s', (pattern, text) => expect(matches(pattern, text)).toBe(true));

  it.each([
    ['^a.b$', 'a\nb'],
    [String.raw`\s`, '\u00a0'],
    [String.raw`a\z`, 'a\n'],
  ])('%s does not match %j', (pattern, text) => expect(matches(pattern, text)).toBe(false));

  it.each([['(?=a)'], [String.raw`(a)\1`], ['(a'], ['a)'], ['[a'], [String.raw`\Z`], ['a{1001}']])('refuses %s', (pattern) =>
    expect(() => translateRe2(pattern)).toThrow('Cannot parse regular expression'),
  );

  it('counts capturing groups only', () => expect(translateRe2('(a)(?:b)(?P<n>c)[(]').groups).toBe(2));
});
