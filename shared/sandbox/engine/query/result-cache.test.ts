import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine, QueryRequest } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await engine.query({ sql: 'CREATE TABLE d.t AS SELECT 1 AS a; CREATE VIEW d.v AS SELECT a + 1 AS b FROM d.t', projectId: 'p' });
});
afterAll(() => engine.close());

const run = (sql: string, more: Partial<QueryRequest> = {}) => engine.query({ sql, projectId: 'p', useQueryCache: true, ...more });
const hits = async (sql: string, more: Partial<QueryRequest> = {}): Promise<boolean> => {
  await run(sql, more);
  return (await run(sql, more)).cacheHit;
};

describe('a result serves again', () => {
  it('for the same text over unchanged tables, and costs nothing', async () => {
    const sql = 'SELECT a, COUNT(*) AS n FROM d.t GROUP BY a';
    const first = await run(sql);
    expect(first).toMatchObject({ cacheHit: false, totalBytesProcessed: '8' });
    const second = await run(sql, { maximumBytesBilled: '1' });
    expect(second).toMatchObject({ cacheHit: true, totalBytesProcessed: '0', totalBytesBilled: '0', totalRows: '1' });
    expect(second.destinationTable).toEqual(first.destinationTable);
    expect(second.schema).toEqual(first.schema);
  });

  it.each([
    'INSERT INTO d.t VALUES (2)',
    'UPDATE d.t SET a = 3 WHERE a = 2',
    'DELETE FROM d.t WHERE a = 3',
    'BEGIN TRANSACTION; INSERT INTO d.t VALUES (4); COMMIT TRANSACTION',
    'ALTER TABLE d.t ADD COLUMN c INT64',
    'CREATE OR REPLACE TABLE d.t AS SELECT 5 AS a',
    'CREATE OR REPLACE VIEW d.v AS SELECT a + 2 AS b FROM d.t',
  ])('not after %s', async (change) => {
    const sql = 'SELECT SUM(b) AS s FROM d.v';
    expect(await hits(sql)).toBe(true);
    await run(change);
    expect((await run(sql)).cacheHit).toBe(false);
  });

  it('not after rows were streamed in', async () => {
    const sql = 'SELECT COUNT(*) AS n FROM d.t';
    expect(await hits(sql)).toBe(true);
    await engine.insertRows({ projectId: 'p', datasetId: 'd', tableId: 't' }, [{ json: { a: 9 } }]);
    expect((await run(sql)).cacheHit).toBe(false);
  });

  it.each([
    'SELECT RAND() AS r',
    'SELECT CURRENT_TIMESTAMP() AS t',
    'SELECT CURRENT_DATE() AS d',
    'SELECT GENERATE_UUID() AS u',
    'SELECT table_name FROM d.INFORMATION_SCHEMA.TABLES',
    'SELECT a FROM `d.t*`',
    'CREATE TEMP TABLE x AS SELECT 1 AS a; SELECT a FROM x',
  ])('never for %s', async (sql) => {
    expect(await hits(sql)).toBe(false);
  });

  it('not for other parameters, for others, nor when told not to', async () => {
    const parameters = (value: string) => [{ parameterType: { type: 'INT64' }, parameterValue: { value } }];
    const sql = 'SELECT a + ? AS x FROM d.t';
    expect(await hits(sql, { parameters: parameters('1') })).toBe(true);
    expect((await run(sql, { parameters: parameters('2') })).cacheHit).toBe(false);
    expect((await run(sql, { parameters: parameters('1'), userEmail: 'somebody@else' })).cacheHit).toBe(false);
    expect((await run(sql, { parameters: parameters('1'), useQueryCache: false })).cacheHit).toBe(false);
  });
});
