import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasRepeatedKey } from './has-repeated-key.ts';

test.each([
  ['{"a":1,"a":2}', true],
  ['{"a":1,"\\u0061":2}', true],
  ['{"a" : 1 , "b" : {"c":1,"c":1}}', true],
  ['[{"a":1},{"a":[{"b":1,\n"b"\t:2}]}]', true],
  ['{"__proto__":1,"__proto__":2}', true],
  ['{"":1,"":2}', true],
  ['{"a\\"":1,"a\\\\":2}', false],
  ['{"a":"a","b":"a"}', false],
  ['{"a":{"a":{"a":1}}}', false],
  ['[{"a":1},{"a":1}]', false],
  ['{"a":"\\":{\\"a\\":1","b":"}"}', false],
  ['"text with \\" and :"', false],
  ['{}', false],
])('%s → %s', (json, expected) => expect(hasRepeatedKey(json)).toBe(expected));

test('what JSON.stringify writes repeats nothing, and a key added twice is found', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => !hasRepeatedKey(JSON.stringify(value))));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
      const [first] = Object.keys(value);
      return hasRepeatedKey(`${JSON.stringify(value).slice(0, -1)},${JSON.stringify(first)}:0}`);
    }),
  );
});
