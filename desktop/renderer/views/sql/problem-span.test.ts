import { expect, it } from 'vitest';
import { problemSpan } from './problem-span.ts';

const underlined = (sql: string, message: string) => {
  const span = problemSpan(sql, { code: 'SQL_FAILED', message });
  return span && sql.slice(span.start, span.end);
};

it('finds the place under the caret', () => {
  expect(
    underlined('SELECT number, rules\nFROM exchange', 'Binder Error: Ambiguous\n\nLINE 1: SELECT number, rules\n                       ^'),
  ).toBe('rules');
  expect(underlined('SELECT 1\nFORM exchange', 'Parser Error\n\nLINE 2: FORM exchange\n        ^')).toBe('FORM');
});

it('finds it in a line that was cut', () => {
  const sql = `SELECT ${'a, '.repeat(40)}nope, ${'b, '.repeat(40)}c FROM t`;
  const core = 'a, a, nope, b, b';
  expect(underlined(sql, `Error\n\nLINE 1: ...${core}...\n${' '.repeat('LINE 1: ...a, a, '.length)}^`)).toBe('nope');
});

it('prefers what the engine says, and guesses nothing', () => {
  expect(problemSpan('SELECT', { code: 'SQL_FAILED', message: 'x', span: { start: 2, end: 4 } })).toEqual({ start: 2, end: 4 });
  expect(problemSpan('SELECT', { code: 'SQL_FAILED', message: 'Out of memory' })).toBeUndefined();
});
