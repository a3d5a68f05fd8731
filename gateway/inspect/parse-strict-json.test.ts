import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonMistake, type JsonValue, parseStrictJson } from './parse-strict-json.ts';

test('what JSON.stringify writes comes back as the same text', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(parseStrictJson(text))).toBe(text);
    }),
  );
});

test('it accepts nothing that JSON.parse refuses', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ \n\t0129-+.eEtrufalsn\u0000\u007fäx'), maxLength: 24 }), (text) => {
      let value: JsonValue;
      try {
        value = parseStrictJson(text);
      } catch (error) {
        expect(error).toBeInstanceOf(JsonMistake);
        return;
      }
      expect(JSON.parse(JSON.stringify(value))).toEqual(JSON.parse(text));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ['{"a":1,"a":2}', 'the key "a" is given twice'],
  ['{"a":1,"\\u0061":2}', 'the key "a" is given twice'],
  ['{"x":{"q":1,"q":1}}', 'the key "q" is given twice'],
  ['{"__proto__":1,"__proto__":2}', 'the key "__proto__" is given twice'],
  ['{"a":"\\ud800"}', 'half a surrogate'],
  ['\ufeff{}', 'a value was expected'],
  ['{"a":1}{', 'more text after the end'],
  ["{'a':1}", 'a key was expected'],
  ['{"a":01}', '"," or "}" was expected'],
  ['{"a":NaN}', 'a value was expected'],
  ['{"a":"\n"}', 'control character'],
  ['{"a":"\\x41"}', 'wrong escape'],
  ['{"a":1,}', 'a key was expected'],
  [`${'['.repeat(5000)}`, 'nested deeper'],
  ['', 'a value was expected'],
])('%j → %s', (text, why) => {
  expect(() => parseStrictJson(text)).toThrow(why);
});

test('__proto__ is a key like any other', () => {
  const value = parseStrictJson('{"__proto__":{"isAdmin":true}}') as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  expect(value['isAdmin']).toBeUndefined();
});

test.each(['9007199254740993', '123456789012345678901234567890', '1e400', '0.1000', '-0', '1.0', '3.14159265358979323846'])(
  'the number %s keeps its text',
  (text) => {
    expect(JSON.stringify(parseStrictJson(`{"n":${text}}`))).toBe(`{"n":${text}}`);
  },
);
