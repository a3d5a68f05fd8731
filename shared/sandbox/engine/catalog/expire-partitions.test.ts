import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ sweepIntervalMs: 20 });
});
afterAll(() => engine.close());

const table = { projectId: 'p', datasetId: 'd', tableId: 't' };
const run = (sql: string) => engine.query({ sql, projectId: 'p' });

it('old partitions go, new ones and rows without one stay', async () => {
  await run('CREATE SCHEMA d OPTIONS (default_partition_expiration_days = 2, default_table_expiration_days = 1)');
  await run('CREATE TABLE d.t (dt DATE) PARTITION BY dt');
  expect(engine.catalog.getTable(table)).toMatchObject({ timePartitioning: { type: 'DAY', field: 'dt', expirationMs: '172800000' } });
  expect(engine.catalog.getTable(table).expirationTime).toBeUndefined();
  await run("INSERT INTO d.t VALUES (CURRENT_DATE()), (NULL), (DATE_SUB(CURRENT_DATE(), INTERVAL 1 DAY)), ('2020-01-01')");
  await expect.poll(() => engine.countRows(table)).toBe(3n);
  await run('CREATE TABLE d.plain (a INT64)');
  expect(Number(engine.catalog.getTable({ ...table, tableId: 'plain' }).expirationTime)).toBeGreaterThan(Date.now());
});

it('tables say when their rows were last changed', async () => {
  await run('CREATE TABLE d.m (a INT64)');
  const reference = { ...table, tableId: 'm' };
  const before = Number((await engine.catalog.describeTable(reference)).lastModifiedTime);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await run('INSERT INTO d.m VALUES (1)');
  expect(Number((await engine.catalog.describeTable(reference)).lastModifiedTime)).toBeGreaterThan(before);
});
