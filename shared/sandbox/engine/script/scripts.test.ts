import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine, QueryRequest } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await engine.query({
    projectId: 'p',
    sql: `CREATE TABLE d.t (a INT64);
      CREATE PROCEDURE d.fails() BEGIN
        SELECT 1 / 0;
      END;
      CREATE PROCEDURE d.calls() BEGIN CALL d.fails(); END;
      CREATE PROCEDURE d.fact(n INT64, OUT r INT64) BEGIN IF n <= 1 THEN SET r = 1; ELSE CALL d.fact(n - 1, r); SET r = r * n; END IF; END;
      CREATE PROCEDURE d.count(name STRING, INOUT total INT64) BEGIN
        DECLARE found INT64; EXECUTE IMMEDIATE 'SELECT COUNT(*) FROM ' || name INTO found; SET total = total + found; END`,
  });
});
afterAll(() => engine.close());

async function ask(sql: string, more: Partial<QueryRequest> = {}): Promise<unknown[][]> {
  const { destinationTable } = await engine.query({ sql, projectId: 'p', ...more });
  const rows: unknown[][] = [];
  if (!destinationTable) return rows;
  for await (const page of engine.readRows(destinationTable)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}

it.each<[string, unknown[]]>([
  ['DECLARE x, y INT64 DEFAULT 3; SET (x, y) = (4, 5); SET x = (SELECT x + y); SELECT x, y', ['9', '5']],
  ['DECLARE x DEFAULT 1; BEGIN DECLARE x DEFAULT 2; SET x = 3; END; SELECT x', ['1']],
  [
    'DECLARE i DEFAULT 0; a: LOOP b: WHILE TRUE DO SET i = i + 1; IF i > 5 THEN LEAVE a; ELSE ITERATE a; END IF; END WHILE; END LOOP; SELECT i',
    ['6'],
  ],
  ['DECLARE i DEFAULT 0; REPEAT SET i = i + 1; UNTIL i >= 3 END REPEAT; SELECT i', ['3']],
  ['DECLARE s DEFAULT ""; FOR r IN (SELECT w FROM UNNEST(["a", "b"]) AS w) DO SET s = s || r.w; END FOR; SELECT s', ['ab']],
  ['CASE 2 WHEN 1 THEN SELECT "one"; WHEN 2 THEN SELECT "two"; ELSE SELECT "other"; END CASE', ['two']],
  ['DECLARE a, b INT64; EXECUTE IMMEDIATE "SELECT ?, @n" INTO a, b USING 1, 2 AS n; SELECT a, b', ['1', '2']],
  ['DECLARE r INT64; CALL d.fact(6, r); SELECT r', ['720']],
  ['DECLARE n DEFAULT 5; INSERT INTO d.t VALUES (1); CALL d.count("d.t", n); DELETE FROM d.t WHERE TRUE; SELECT n', ['6']],
  ['INSERT INTO d.t SELECT * FROM UNNEST([1, 2, 3]); SELECT @@row_count; DELETE FROM d.t WHERE TRUE; SELECT @@row_count', ['3']],
  ['SET @@dataset_id = "d"; SELECT COUNT(*), @@dataset_id FROM t', ['0', 'd']],
  ['SET @@query_label = "a:b"; SELECT @@query_label', ['a:b']],
  [
    'DECLARE v INT64; BEGIN TRANSACTION; CREATE TEMP TABLE x AS SELECT 7 AS a; SET v = (SELECT a FROM x); SELECT * FROM x; COMMIT TRANSACTION; SELECT v',
    ['7'],
  ],
  ['BEGIN TRANSACTION; INSERT INTO d.t VALUES (1); ROLLBACK TRANSACTION; SELECT COUNT(*) FROM d.t', ['0']],
])('%s', async (sql, row) => {
  expect((await ask(sql)).at(-1)).toEqual(row);
});

it('knows its children by the ids their jobs have', async () => {
  expect(
    await ask('SELECT 1; SELECT @@last_job_id, @@script.num_child_jobs, @@script.job_id, @@script.creation_time IS NULL', {
      jobId: 'my-job',
    }),
  ).toEqual([['script_job_myjob_0', '1', 'my-job', 'false']]);
});

describe('errors', () => {
  it.each([
    ['SELECT 1; RAISE USING MESSAGE = "no"', 'Query error: no at [1:11]'],
    ['CALL d.calls()', 'Query error: division by zero: 1 / 0 at [p.d.fails:2:9]'],
    ['CALL d.fact(1)', 'Query error: Procedure call failed for d.fact: expected 2 arguments, got 1 at [1:1]'],
    ['SELECT 1; LEAVE', 'BREAK is only allowed inside of a loop body'],
    [
      'BEGIN TRANSACTION; BEGIN TRANSACTION',
      'Query error: Transaction is already in progress; nested transactions are not supported at [1:20]',
    ],
    ['SELECT 1; COMMIT TRANSACTION', 'Query error: There is no transaction in progress to commit at [1:11]'],
    ['SELECT 1; DECLARE x INT64', 'Variable declarations are allowed only at the start of a block or script at [1:11]'],
    ['SET @@project_id = "x"', 'Cannot set system variable @@project_id'],
    ['ASSERT FALSE AS "why"', 'Assertion failed: why'],
  ])('%s', async (sql, message) => {
    await expect(ask(sql)).rejects.toThrow(message);
  });

  it('tell their handler the message, the statement and the way there', async () => {
    const sql = `BEGIN
  CALL d.calls();
EXCEPTION WHEN ERROR THEN
  SELECT @@error.message, @@error.statement_text, @@error.formatted_stack_trace, ARRAY_LENGTH(@@error.stack_trace), @@error.stack_trace[0].location;
END`;
    expect(await ask(sql)).toEqual([
      [
        'Query error: division by zero: 1 / 0 at [p.d.fails:2:9]',
        'SELECT 1 / 0',
        'At p.d.fails[2:9]\nAt p.d.calls[1:7]\nAt [2:3]',
        '3',
        'p.d.fails',
      ],
    ]);
    expect(await ask('BEGIN SELECT 1; EXCEPTION WHEN ERROR THEN SELECT 2; END; SELECT @@error.message, @@error.stack_trace')).toEqual([
      [null, []],
    ]);
  });

  it('may be raised again, and roll back what was begun', async () => {
    await expect(ask('BEGIN SELECT 1 / 0; EXCEPTION WHEN ERROR THEN RAISE; END')).rejects.toThrow('division by zero');
    expect(
      await ask(`BEGIN BEGIN TRANSACTION; INSERT INTO d.t VALUES (1); SELECT 1 / 0; COMMIT TRANSACTION;
        EXCEPTION WHEN ERROR THEN ROLLBACK TRANSACTION; SELECT COUNT(*) FROM d.t; END`),
    ).toEqual([['0']]);
  });
});
