import { expect, test } from 'vitest';
import { canonicalJson } from '../base/canonical-json.ts';
import { canonicalText, isCanonicalText } from './canonical-text.ts';
import { createRandom } from './testing/create-random.ts';

const random = createRandom(8_785);
const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
const words = ['', 'a', 'b', 'Z', '10', '9', '\u20ac', '\ud83d\ude00', '\ufb33', '\u0001', '"', '\\', 'toJSON', '__proto__', '\ud800'];

/** Text of some JSON, its keys in any order. */
function anyJson(depth: number): string {
  const kind = depth === 0 ? 0 : Math.floor(random() * 3);
  const many = kind === 0 ? [] : Array.from({ length: Math.floor(random() * 5) }, () => anyJson(depth - 1));
  if (kind === 1) return `[${many.join()}]`;
  if (kind === 2) return `{${many.map((value) => `${JSON.stringify(pick(words))}:${value}`).join()}}`;
  return pick([
    'null',
    'true',
    'false',
    '0',
    '-0',
    '1e21',
    '1E-7',
    '0.1',
    '123456789012345678',
    '333333333.33333329',
    JSON.stringify(pick(words)),
  ]);
}

test('says of any JSON what the reference says', () => {
  for (let run = 0; run < 3_000; run += 1) {
    const text = anyJson(4);
    const value: unknown = JSON.parse(text);
    expect(canonicalText(value)).toBe(canonicalJson(value));
    // Half a surrogate pair, which the reference lets pass, has no UTF-8.
    expect(isCanonicalText(value, text)).toBe(canonicalJson(value) === text && !text.includes('\\ud800'));
  }
});

test.each(['1e999', '[-1e999]', '{"b":1,"a":1e999}', '{"a":1e999}'])('has no form for %s', (text) => {
  expect(() => canonicalText(JSON.parse(text))).toThrow(TypeError);
  expect(isCanonicalText(JSON.parse(text), text)).toBe(false);
});

test.each([
  ['"\\ud800"', false],
  ['{"\\udfff":1}', false],
  ['"\\\\ud800"', true],
  ['"\\\\\\ud800"', false],
  ['"\ud83d\ude00"', true],
])('half a surrogate pair is not canonical: %s', (text, isCanonical) => {
  expect(isCanonicalText(JSON.parse(text), text)).toBe(isCanonical);
});
