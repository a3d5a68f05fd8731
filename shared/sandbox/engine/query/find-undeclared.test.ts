import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine, QueryRequest } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await engine.query({ sql: 'CREATE TABLE d.t (i INT64, f FLOAT64, s STRING, at DATE, n NUMERIC)'.replace('at', 'dt'), projectId: 'p' });
});
afterAll(() => engine.close());

const typesOf = async (sql: string, more: Partial<QueryRequest> = {}): Promise<string[]> => {
  const { undeclaredQueryParameters } = await engine.dryRun({ sql, projectId: 'p', ...more });
  return undeclaredQueryParameters.map(({ name, parameterType }) => `${name ?? '?'} ${parameterType.type}`);
};

it.each([
  ['SELECT * FROM d.t WHERE i = @a AND s LIKE @b AND dt >= @c', ['a INT64', 'b STRING', 'c DATE']],
  ['SELECT * FROM d.t WHERE f > ? OR n = ?', ['? FLOAT64', '? NUMERIC']],
  ['SELECT UPPER(@x) FROM d.t', ['x STRING']],
  ['INSERT INTO d.t (i, s) VALUES (@i, @s)', ['i INT64', 's STRING']],
  ['UPDATE d.t SET n = @n WHERE dt = @d', ['d DATE', 'n NUMERIC']],
  ['SELECT 1', []],
])('%s', async (sql, types) => {
  expect(await typesOf(sql)).toEqual(types);
});

it('names only those that are missing, and is a mistake when it is meant', async () => {
  const parameters = [{ name: 'a', parameterType: { type: 'INT64' }, parameterValue: { value: '1' } }];
  expect(await typesOf('SELECT * FROM d.t WHERE i = @a AND s = @b', { parameters })).toEqual(['b STRING']);
  await expect(engine.query({ sql: 'SELECT * FROM d.t WHERE i = @a', projectId: 'p' })).rejects.toThrow("Query parameter 'a' not found");
});
