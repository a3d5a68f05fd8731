import { describe, expect, it } from 'vitest';
import { fuzzStatements } from './fuzz-sql.ts';
import { createRandom, mutateStatement } from './mutate-statement.ts';

const statements = [
  "WITH a AS (SELECT x, 'y' AS z FROM `p.d.t` WHERE b IN (1, 2) AND c LIKE '%d' GROUP BY 1), b AS (SELECT 2) SELECT * FROM a JOIN b USING (x), UNNEST(a.arr) WITH OFFSET o ORDER BY 1 DESC LIMIT 10",
  'SELECT CASE WHEN a > 1 THEN STRUCT(1 AS x, [1, 2] AS y) ELSE NULL END, CAST(@p AS NUMERIC(10, 2)), ARRAY(SELECT 1), SUM(x) OVER (PARTITION BY y ORDER BY z ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM a-b-1.c.d',
  'FROM t AS x |> WHERE y BETWEEN 1 AND 2 |> AGGREGATE COUNT(*) AS n GROUP BY z |> EXTEND n + 1 AS m |> JOIN u ON m = u.m |> PIVOT(SUM(m) FOR n IN (1, 2)) |> LIMIT 3',
  'MERGE t USING (SELECT 1 AS k) AS s ON t.k = s.k WHEN MATCHED THEN UPDATE SET a = DEFAULT WHEN NOT MATCHED THEN INSERT (k) VALUES (s.k)',
  "CREATE OR REPLACE TABLE d.t (a INT64 NOT NULL OPTIONS (description = 'x'), b ARRAY<STRUCT<c STRING, d RANGE<DATE>>>) PARTITION BY DATE(e) CLUSTER BY a AS SELECT 1",
  "DECLARE i INT64 DEFAULT 0; WHILE i < 3 DO IF i = 1 THEN BREAK; ELSE SET i = i + 1; END IF; END WHILE; BEGIN EXECUTE IMMEDIATE 'SELECT ?' USING i; EXCEPTION WHEN ERROR THEN RAISE; END;",
  "CREATE TEMP FUNCTION f(x STRING) RETURNS STRING LANGUAGE js AS r'''return x''' ; SELECT f(\"a\"), b'\\x00', r\"\\d\", DATE '2020-01-01', INTERVAL 1 DAY",
];

describe('mutated statements', () => {
  it('are parsed or refused, and quickly', () => {
    const { crashes, slowestMs, parsed, refused } = fuzzStatements(statements, 4_000, 20_260);
    expect(crashes).toEqual([]);
    expect(slowestMs).toBeLessThan(100);
    expect(parsed).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(1_000);
  });

  it('are the same for the same seed', () => {
    const mutate = () => mutateStatement(statements[0] ?? '', statements[1] ?? '', createRandom(5));
    expect(mutate()).toBe(mutate());
  });
});
