import { expect, test } from 'vitest';
import { MAX_JSON_DEPTH, parseStrictJson } from './strict-json.ts';

test.each([
  ['{"a":1,"b":{"a":2}}', { a: 1, b: { a: 2 } }],
  [' { "a" : [ 1.0, "a:b", "\\":\\\\" ] }\n', { a: [1, 'a:b', '":\\'] }],
  ['["salt","sql","SELECT \\"a\\":1"]', ['salt', 'sql', 'SELECT "a":1']],
  ['{"10":1,"9":2}', { 9: 2, 10: 1 }],
  ['null', null],
])('%s is read', (text, value) => {
  expect(parseStrictJson(text)).toEqual(value);
});

test.each([
  '{"a":1,"a":2}',
  '{"a":1,"a":1}',
  '{"a":1,"\\u0061":2}',
  '[{"b":{"c":[],"c":{}}}]',
  '{"__proto__":1,"__proto__":2}',
  '{"":1,"":1}',
  '{"a":1',
  '',
])('%s is refused', (text) => {
  expect(parseStrictJson(text)).toBeUndefined();
});

test('what nests deeper than a gateway records is refused, however deep', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(parseStrictJson(nested(MAX_JSON_DEPTH))).toBeDefined();
  for (const depth of [MAX_JSON_DEPTH + 1, 5_000, 200_000]) expect(parseStrictJson(nested(depth))).toBeUndefined();
  expect(parseStrictJson(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`)).toBeUndefined();
});
