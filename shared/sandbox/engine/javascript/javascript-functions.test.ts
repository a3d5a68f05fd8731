import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ javascript: { timeoutMs: 3000, memoryMb: 64 } });
});
afterAll(() => engine.close());

async function call(signature: string, body: string, expression: string): Promise<unknown[][]> {
  const sql = `CREATE TEMP FUNCTION f${signature} LANGUAGE js AS r"""${body}"""; SELECT ${expression}`;
  const { destinationTable } = await engine.query({ sql, projectId: 'p' });
  const rows: unknown[][] = [];
  for await (const page of engine.readRows(destinationTable!)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}
const text = (body: string): Promise<unknown[][]> => call('() RETURNS STRING', body, 'f()');

it('gives and takes values as BigQuery does', async () => {
  expect(await call('(x FLOAT64, s STRING) RETURNS STRING', 'return s === null ? null : s + x * 2', 'f(1.5, "a"), f(NULL, NULL)')).toEqual([
    ['a3', null],
  ]);
  expect(
    await call('(a ARRAY<INT64>) RETURNS STRUCT<n INT64, l ARRAY<STRING>>', 'return {n: a.length, l: a.map(String)}', 'f([1, 2])'),
  ).toEqual([[{ f: [{ v: '2' }, { v: [{ v: '1' }, { v: '2' }] }] }]]);
  expect(await call('(t TIMESTAMP) RETURNS TIMESTAMP', 'return new Date(t.getTime() + 1)', 'f(TIMESTAMP "2024-01-01")')).toEqual([
    ['1704067200001000'],
  ]);
});

it('computes nested calls level by level', async () => {
  expect(await call('(x INT64) RETURNS INT64', 'return x + 1', 'SUM(f(f(x))) FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x')).toEqual([
    ['502500'],
  ]);
});

it('shows what a function throws', async () => {
  await expect(text('throw new Error("boo")')).rejects.toMatchObject({
    reason: 'invalidQuery',
    message: expect.stringContaining('Error: boo'),
  });
});

it('has nothing of the machine within reach', async () => {
  expect(await text('return [typeof process, typeof require, typeof fetch, typeof module].join()')).toEqual([
    ['undefined,undefined,undefined,undefined'],
  ]);
  await expect(text('return this.constructor.constructor("return process")().pid')).rejects.toThrow(
    'Code generation from strings disallowed',
  );
  await expect(text('try { null.x } catch (e) { return e.constructor.constructor("return process")().pid }')).rejects.toThrow(
    'Code generation from strings disallowed',
  );
});

it('is stopped when it takes too long or too much', async () => {
  await expect(text('while (true);')).rejects.toMatchObject({ reason: 'resourcesExceeded' });
  await expect(text('const a = []; while (true) a.push(new Array(1e5).fill(1))')).rejects.toMatchObject({ reason: 'resourcesExceeded' });
});
