import { describe, expect, it } from 'vitest';
import { atPath, laxMatches, parsePath } from './json-path.ts';
import { jsonText, normaliseJson, parseJson, prettyJson } from './json-text.ts';

const at = (text: string, path: string, isLegacy = false): string | undefined => {
  const found = atPath(parseJson(text), parsePath(path, isLegacy).steps);
  return found === undefined ? undefined : jsonText(found);
};

describe('JSON text', () => {
  it('keeps digits, sorts members, takes the first of two', () => {
    expect(jsonText(parseJson('{"b": 1.10, "a": 12345678901234567890, "b": 2}'))).toBe('{"a":12345678901234567890,"b":1.10}');
  });

  it('stores numbers as 64-bit integers or doubles', () => {
    expect(jsonText(normaliseJson(parseJson('[1, 1.10, 1e2, 18446744073709551615]'), 'exact'))).toBe('[1,1.1,100.0,18446744073709551615]');
    expect(() => normaliseJson(parseJson('1.00000000000000000001'), 'exact')).toThrow('cannot round-trip');
    expect(jsonText(normaliseJson(parseJson('1.00000000000000000001'), 'round'))).toBe('1.0');
  });

  it.each(['', '{', '[1,]', '{"a"}', "{'a':1}", '01', '"\\x"', 'nul'])('refuses %j', (text) => {
    expect(() => parseJson(text)).toThrow();
  });

  it('prints with indentation', () => {
    expect(prettyJson(parseJson('{"a":[1,{}]}'))).toBe('{\n  "a": [\n    1,\n    {}\n  ]\n}');
  });
});

describe('JSON paths', () => {
  it.each([
    ['$.a[1].b', '2'],
    ['$', '{"a":[{"b":1},{"b":2}],"x.y":true}'],
    ['$."x.y"', 'true'],
    ['$.a.b', undefined],
    ['$.a[7]', undefined],
  ])('%s', (path, found) => {
    expect(at('{"a":[{"b":1},{"b":2}],"x.y":true}', path)).toBe(found);
  });

  it('reads brackets with quotes only where the old functions do', () => {
    expect(at('{"x.y":1}', "$['x.y']", true)).toBe('1');
    expect(() => parsePath("$['x.y']", false)).toThrow('Invalid token in JSONPath');
    expect(() => parsePath('a', false)).toThrow("JSONPath must start with '$'");
  });

  it('goes into arrays in lax mode', () => {
    const { steps, mode } = parsePath('lax $.a.b', false);
    expect(mode).toBe('lax');
    expect(laxMatches(parseJson('{"a":[{"b":1},{"b":2}]}'), steps, false).map((item) => jsonText(item))).toEqual(['1', '2']);
  });
});
