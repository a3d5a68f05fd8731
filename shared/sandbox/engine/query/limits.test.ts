import { afterEach, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine, EngineOptions } from '../engine.ts';

let engine: Engine | undefined;
afterEach(() => engine?.close());

const open = async (options: EngineOptions) => (engine = await createEngine({ threads: 2, ...options }));
const heavy =
  'SELECT MAX(a + b * c) FROM UNNEST(GENERATE_ARRAY(1, 100000)) a, UNNEST(GENERATE_ARRAY(1, 100000)) b, UNNEST(GENERATE_ARRAY(1, 1000)) c';

it('a statement that needs more memory and disk than there is fails as in BigQuery, and the next one runs', async () => {
  const { query } = await open({ memoryLimit: '100MB', spillLimit: '20MB' });
  const sql = 'SELECT x, SHA256(CAST(x AS STRING)) AS digest FROM UNNEST(GENERATE_ARRAY(1, 5000000)) AS x ORDER BY digest';
  await expect(query({ projectId: 'p', sql })).rejects.toMatchObject({
    reason: 'resourcesExceeded',
    message: expect.stringMatching(/^Resources exceeded during query execution: The query /),
  });
  expect(await query({ projectId: 'p', sql: 'SELECT 1' })).toMatchObject({ totalRows: '1' });
});

it('what does not fit into memory goes to disk', async () => {
  const { query } = await open({ memoryLimit: '100MB' });
  const sql = 'SELECT x FROM UNNEST(GENERATE_ARRAY(1, 5000000)) AS x ORDER BY MOD(x * 7919, 1000003), x';
  const before = process.memoryUsage.rss();
  expect(await query({ projectId: 'p', sql })).toMatchObject({ totalRows: '5000000' });
  expect(process.memoryUsage.rss() - before).toBeLessThan(300e6);
});

it('a statement has as long as it is given', async () => {
  const { query } = await open({ statementTimeoutMs: 300 });
  const start = performance.now();
  await expect(query({ projectId: 'p', sql: heavy })).rejects.toMatchObject({
    reason: 'timeout',
    message: expect.stringContaining('after 300 ms'),
  });
  await expect(
    query({ projectId: 'p', sql: `CREATE TEMP FUNCTION f() RETURNS INT64 LANGUAGE js AS 'for (;;);'; SELECT f()` }),
  ).rejects.toMatchObject({ reason: 'timeout' });
  expect(performance.now() - start).toBeLessThan(3000);
});

it.each([
  [
    'a join of literal arrays',
    `SELECT * FROM ${['a', 'b', 'c', 'd'].map((name) => `UNNEST([${Array.from({ length: 500 }, (_, i) => i)}]) AS ${name}`)}`,
  ],
  ['a join of generated arrays', heavy],
  ['arrays that depend on rows', 'SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 1000000)) a, UNNEST(GENERATE_ARRAY(1, a)) b'],
  ['a recursion', 'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 1000000000) SELECT MAX(n) FROM t'],
])('%s stops when it is cancelled', async (_, sql) => {
  const { query } = await open({});
  const controller = new AbortController();
  const run = query({ projectId: 'p', sql, signal: controller.signal });
  setTimeout(() => controller.abort(), 300);
  const start = performance.now();
  await expect(run).rejects.toMatchObject({ reason: 'stopped' });
  expect(performance.now() - start).toBeLessThan(2000);
});
