import { expect, it } from 'vitest';
import { positionIn } from './position-in.ts';

it('counts lines and columns from one', () => {
  expect(positionIn('SELECT *\nFORM t', 9)).toBe('line 2, column 1');
  expect(positionIn('SELECT', 0)).toBe('line 1, column 1');
  expect(positionIn('a', 99)).toBe('line 1, column 2');
});
