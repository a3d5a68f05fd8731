import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await run(`CREATE TABLE d.day (x INT64, dt DATE) PARTITION BY dt OPTIONS (require_partition_filter = TRUE);
    INSERT INTO d.day SELECT n, DATE_ADD('2024-01-01', INTERVAL MOD(n, 10) DAY) FROM UNNEST(GENERATE_ARRAY(1, 100)) AS n;
    CREATE VIEW d.v AS SELECT x, dt AS day FROM d.day;
    CREATE TABLE d.came (x INT64) PARTITION BY _PARTITIONDATE OPTIONS (require_partition_filter = TRUE);
    INSERT INTO d.came (_PARTITIONTIME, x) VALUES (TIMESTAMP '2024-01-01', 1), (TIMESTAMP '2024-01-02', 2);
    CREATE TABLE d.bucket (id INT64) PARTITION BY RANGE_BUCKET(id, GENERATE_ARRAY(0, 100, 10));
    INSERT INTO d.bucket SELECT n FROM UNNEST(GENERATE_ARRAY(0, 99)) AS n;
    CREATE TABLE d.events_1 AS SELECT 1 AS a; CREATE TABLE d.events_2 AS SELECT 2 AS a; CREATE TABLE d.events_3 AS SELECT 3 AS a`);
});
afterAll(() => engine.close());

const run = (sql: string) => engine.query({ sql, projectId: 'p' });
const refusal = (table: string, columns: string) =>
  `Cannot query over table 'p.d.${table}' without a filter over column(s) ${columns} that can be used for partition elimination`;

describe('bytes', () => {
  it.each([
    ["SELECT * FROM d.day WHERE dt = '2024-01-01'", 160],
    ["SELECT x FROM d.day WHERE dt BETWEEN '2024-01-01' AND '2024-01-03' AND x > 5", 480],
    ["SELECT COUNT(*) FROM d.day WHERE dt = '2024-01-01'", 80],
    ["SELECT * FROM (SELECT x, dt AS day FROM d.day) WHERE day >= '2024-01-09'", 320],
    ["SELECT * FROM d.v WHERE day = '2024-01-04'", 160],
    ["WITH w AS (SELECT * FROM d.day) SELECT * FROM w WHERE dt = '2024-01-01'", 160],
    ["SELECT a.x FROM d.day AS a JOIN d.day AS b ON a.x = b.x AND b.dt = '2024-01-02' WHERE a.dt = '2024-01-01'", 320],
    ["DECLARE t DATE DEFAULT '2024-01-03'; SELECT * FROM d.day WHERE dt = t", 160],
    ["SELECT * FROM d.day WHERE dt = (SELECT DATE '2024-01-01')", 1600],
    ["SELECT dt, COUNT(*) FROM d.day GROUP BY dt HAVING dt = '2024-01-01'", 80],
    ['SELECT id FROM d.bucket WHERE id = 5', 80],
    ['SELECT id FROM d.bucket WHERE id = 5 OR id + 1 = 20', 160],
    ["SELECT x FROM d.came WHERE _PARTITIONDATE = '2024-01-02'", 8],
    ['SELECT a FROM `d.events_*`', 24],
    ["SELECT a FROM `d.events_*` WHERE _TABLE_SUFFIX = '2'", 8],
    ["SELECT a FROM `d.events_*` WHERE _TABLE_SUFFIX >= '2' AND a > 0", 16],
  ])('%s reads %i', async (sql, bytes) => {
    expect((await run(sql)).totalBytesProcessed).toBe(String(bytes));
    expect(sql.startsWith('DECLARE') ? String(bytes) : (await engine.dryRun({ sql, projectId: 'p' })).totalBytesProcessed).toBe(
      String(bytes),
    );
  });
});

describe('require_partition_filter', () => {
  it.each([
    ['SELECT * FROM d.day', 'day', "'dt'"],
    ['SELECT COUNT(*) FROM d.day WHERE x = 1', 'day', "'dt'"],
    ["SELECT * FROM d.day WHERE dt = '2024-01-01' OR x = 1", 'day', "'dt'"],
    ["SELECT a.x FROM d.day AS a JOIN d.day AS b USING (x) WHERE a.dt = '2024-01-01'", 'day', "'dt'"],
    ['SELECT * FROM d.v', 'day', "'dt'"],
    ['DELETE FROM d.day WHERE TRUE', 'day', "'dt'"],
    ["UPDATE d.day SET dt = '2024-01-01' WHERE x = 1", 'day', "'dt'"],
    ['SELECT * FROM d.came', 'came', "'_PARTITION_LOAD_TIME', '_PARTITIONDATE', '_PARTITIONTIME'"],
  ])('refuses %s', async (sql, table, columns) => {
    await expect(run(sql)).rejects.toMatchObject({ reason: 'invalidQuery', message: refusal(table, columns) });
    await expect(engine.dryRun({ sql, projectId: 'p' })).rejects.toThrow(refusal(table, columns));
  });

  it('lets through what names the partitions, and INSERT', async () => {
    expect(await run("DELETE FROM d.day WHERE dt = '2024-01-10'")).toMatchObject({ numDmlAffectedRows: '10', totalBytesProcessed: '160' });
    await run("INSERT INTO d.day VALUES (1, '2024-02-01')");
    await run('SELECT * FROM d.day WHERE dt IS NOT NULL');
  });
});
