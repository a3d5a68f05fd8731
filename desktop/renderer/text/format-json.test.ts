import { describe, expect, it } from 'vitest';
import { formatJson } from './format-json.ts';

describe('formatted JSON', () => {
  it('indents like JSON.stringify', () => {
    const value = { a: [1, 2, { b: 'x, {"y"}: [' }], c: {}, d: [], e: null, f: 'ä\\"\n', g: [[], [[]]] };
    expect(formatJson(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
  });

  it('keeps every digit and every key', () => {
    expect(formatJson('{"v":9007199254740993,"v":1.10}')).toBe('{\n  "v": 9007199254740993,\n  "v": 1.10\n}');
  });

  it('puts JSON lines under each other', () => expect(formatJson('{"a":1}\n{"a":2}')).toBe('{\n  "a": 1\n}\n{\n  "a": 2\n}'));

  it.each(['', 'plain text', '{"a": 1', '{"a": 1]', '<html>'])('leaves %j alone', (text) => expect(formatJson(text)).toBeUndefined());

  it('formats the beginning of a text that was cut', () => {
    expect(formatJson('{"rows":[{"v":"a"},{"v":"reg', { cut: true })).toBe(
      '{\n  "rows": [\n    {\n      "v": "a"\n    },\n    {\n      "v": "reg',
    );
    expect(formatJson('plain text', { cut: true })).toBeUndefined();
  });

  it('formats a megabyte in an instant', () => {
    const text = JSON.stringify({ rows: Array.from({ length: 20_000 }, (_, f) => ({ f: [{ v: String(f) }, { v: null }] })) });
    const start = performance.now();
    expect(formatJson(text)?.length).toBeGreaterThan(text.length);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
