import { expect, it } from 'vitest';
import { containsJson } from './json-contains.ts';
import { findInJson, jsonText, parseJson } from './json-text.ts';

it.each([
  ['[1, 2, 3]', '2', true],
  ['[[1, 2]]', '2', false],
  ['[[1, 2, 3]]', '[[2]]', true],
  ['{"a": {"b": 1, "d": 3}}', '{"a": {"b": 1}}', true],
  ['{"a": 1}', '1', false],
  ['9007199254740993', '9.007199254740992e15', false],
  ['0.0', '-0.0', true],
])('%s contains %s: %s', (outer, inner, isThere) => expect(containsJson(parseJson(outer), parseJson(inner))).toBe(isThere));

it('finds a member before the text goes wrong', () => expect(findInJson('{"a": "b", x', [{ member: 'a' }])).toBe('b'));
it('keeps the order and the numbers of a text', () =>
  expect(jsonText(parseJson('{"b": 1.50, "a": [1E2]}'), true)).toBe('{"b":1.50,"a":[1E2]}'));
