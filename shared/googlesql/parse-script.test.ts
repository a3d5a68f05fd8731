import { describe, expect, it } from 'vitest';
import { parseScript } from './parse-script.ts';

const types = (sql: string) => parseScript(sql).statements.map((each) => each.statementType);

describe('statements', () => {
  it.each([
    ['SELECT 1', 'SELECT'],
    ['(SELECT 1) UNION ALL (SELECT 2) ORDER BY 1 LIMIT 1 OFFSET 2', 'SELECT'],
    [
      'FROM t |> WHERE x > 1 |> AGGREGATE SUM(y) AS s GROUP AND ORDER BY z DESC |> EXTEND s + 1 AS r, |> SET r = 2 |> DROP z |> RENAME r AS q',
      'SELECT',
    ],
    [
      'FROM t AS a |> JOIN u USING (k) |> LEFT JOIN v ON a.k = v.k |> CALL f(1) AS c |> DISTINCT |> AS x |> TABLESAMPLE SYSTEM (1 PERCENT)',
      'SELECT',
    ],
    [
      'FROM t |> PIVOT(SUM(x) FOR y IN ("a", "b" AS c)) |> UNPIVOT(v FOR n IN (a, b)) |> UNION ALL BY NAME (SELECT 1), (SELECT 2) |> ASSERT x > 1, "no"',
      'SELECT',
    ],
    ['FROM t |> WITH c AS (SELECT 1) |> SELECT AS STRUCT * |> WINDOW SUM(x) OVER () AS s |> ORDER BY 1 |> LIMIT 1', 'SELECT'],
    ['WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r', 'SELECT'],
    ['SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (epsilon = 1) COUNT(*) FROM t', 'SELECT'],
    ['SELECT * EXCEPT (a) REPLACE (b + 1 AS b), t.* EXCEPT (c), STRUCT(1 AS x).*, FROM t', 'SELECT'],
    [
      'SELECT a FROM t GROUP BY ALL HAVING TRUE QUALIFY ROW_NUMBER() OVER w = 1 WINDOW w AS (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)',
      'SELECT',
    ],
    ['SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, (), ROLLUP(a, (b, c)), CUBE(d))', 'SELECT'],
    ['SELECT * FROM t FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)', 'SELECT'],
    [
      'SELECT * FROM t AS a PIVOT(SUM(x) AS s, COUNT(*) FOR y IN (1 AS one, 2)) AS p, u UNPIVOT INCLUDE NULLS ((a, b) FOR n IN ((c, d) AS "x", (e, f) "y"))',
      'SELECT',
    ],
    ['SELECT * FROM UNNEST([1, 2]) AS x WITH OFFSET AS o, t.arr WITH OFFSET, LATERAL (SELECT x)', 'SELECT'],
    ['SELECT * FROM ((a JOIN b USING (x)) JOIN c ON TRUE), ((SELECT 1) UNION ALL (SELECT 2)) AS d', 'SELECT'],
    ['SELECT * FROM ML.PREDICT(MODEL `p.d.m`, TABLE d.t, STRUCT(0.5 AS threshold)), AI.FORECAST((SELECT 1), horizon => 10)', 'SELECT'],
    [
      'SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a ORDER BY b MEASURES MIN(c) AS m PATTERN (x+ (y | z)* w{2,3}?) DEFINE x AS c > 1, y AS TRUE) AS r',
      'SELECT',
    ],
    [
      'SELECT x LIKE ANY ("a", "b"), y NOT LIKE ALL UNNEST(p), z IS NOT DISTINCT FROM NULL, a NOT BETWEEN 1 AND 2 AND b, c NOT IN UNNEST(@d)',
      'SELECT',
    ],
    [
      'SELECT ARRAY_AGG(DISTINCT x IGNORE NULLS ORDER BY y DESC LIMIT 3), ANY_VALUE(a HAVING MAX b), SAFE.LEFT(x, 1), f(a => 1, b => (x, y) -> x + y, c => z -> z)',
      'SELECT',
    ],
    [
      "SELECT r'\\d', b'\\x00', '''a\nb''', \"\"\"c\"\"\", rb'\\\\', DATE '2020-01-01', NUMERIC '1.5', JSON '{}', RANGE<DATE> '[2020-01-01, UNBOUNDED)', 0xFF, .5, 1e3",
      'SELECT',
    ],
    [
      'SELECT INTERVAL 1 DAY, INTERVAL "1-2" YEAR TO MONTH, EXTRACT(WEEK(MONDAY) FROM d AT TIME ZONE "UTC"), CAST(x AS STRING FORMAT "YYYY" AT TIME ZONE "UTC")',
      'SELECT',
    ],
    [
      'SELECT a[OFFSET(0)], a[SAFE_ORDINAL(1)], j.x["y"][0], (SELECT 1).x, @p.q, ?, @@session_id, CURRENT_DATE, WITH(a AS 1, b AS a, b)',
      'SELECT',
    ],
    [
      'SELECT CASE WHEN a THEN 1 ELSE 2 END, CASE a WHEN 1 THEN 2 END, IF(a, b, c), ARRAY<STRUCT<x INT64, y STRING(10)>>[(1, "a")], STRUCT<>()',
      'SELECT',
    ],
    ['SELECT (x).upper().(net.host)(), t.a.b.c(1) FROM my-project-1.ds.t-- comment', 'SELECT'],
    ['SELECT 1 FULL OUTER UNION ALL BY NAME ON (a) SELECT 2', 'SELECT'],
    ['SELECT 1 EXCEPT DISTINCT SELECT 2 EXCEPT DISTINCT SELECT 3', 'SELECT'],
    ['SELECT 1 INTERSECT DISTINCT CORRESPONDING SELECT 2', 'SELECT'],
    ['INSERT INTO d.t (a, b) VALUES (1, DEFAULT), (2, (SELECT 3))', 'INSERT'],
    ['INSERT t SELECT * FROM u', 'INSERT'],
    ['UPDATE d.t AS x SET x.a = 1, b.c = DEFAULT FROM u JOIN v USING (k) WHERE TRUE', 'UPDATE'],
    ['DELETE t WHERE a', 'DELETE'],
    [
      'MERGE INTO t USING (SELECT 1 AS k) AS s ON t.k = s.k WHEN MATCHED AND x THEN UPDATE SET a = 1 WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (1)',
      'MERGE',
    ],
    ['TRUNCATE TABLE d.t', 'TRUNCATE_TABLE'],
    [
      'CREATE OR REPLACE TEMP TABLE t (a INT64 NOT NULL DEFAULT 1 OPTIONS (description = "x"), s STRUCT<x STRING COLLATE "und:ci" OPTIONS (a = 1), y ARRAY<NUMERIC(10, 2)>>, PRIMARY KEY (a) NOT ENFORCED, FOREIGN KEY (a) REFERENCES u (b) NOT ENFORCED,)',
      'CREATE_TABLE',
    ],
    [
      'CREATE TABLE IF NOT EXISTS d.t (a INT64) DEFAULT COLLATE "und:ci" PARTITION BY DATE(ts) CLUSTER BY a, b WITH CONNECTION us.c OPTIONS (expiration_timestamp = TIMESTAMP "2030-01-01") AS SELECT 1 AS a',
      'CREATE_TABLE_AS_SELECT',
    ],
    ['CREATE TABLE t LIKE u', 'CREATE_TABLE'],
    ['CREATE TABLE t COPY u', 'CREATE_TABLE'],
    ['CREATE TABLE t CLONE u FOR SYSTEM_TIME AS OF ts', 'CREATE_TABLE'],
    ['CREATE SNAPSHOT TABLE IF NOT EXISTS t CLONE u OPTIONS (expiration_timestamp = x)', 'CREATE_SNAPSHOT_TABLE'],
    [
      'CREATE EXTERNAL TABLE t (a INT64) WITH CONNECTION DEFAULT WITH PARTITION COLUMNS (p STRING) OPTIONS (format = "CSV", uris = ["gs://b/*"])',
      'CREATE_EXTERNAL_TABLE',
    ],
    ['CREATE OR REPLACE VIEW v (a OPTIONS (description = "x"), b) OPTIONS (labels = [("k", "v")]) AS SELECT 1, 2', 'CREATE_VIEW'],
    ['CREATE MATERIALIZED VIEW v PARTITION BY d CLUSTER BY c OPTIONS (enable_refresh = TRUE) AS SELECT 1', 'CREATE_MATERIALIZED_VIEW'],
    ['CREATE MATERIALIZED VIEW v AS REPLICA OF p.d.w', 'CREATE_MATERIALIZED_VIEW'],
    ['CREATE SCHEMA IF NOT EXISTS p.d DEFAULT COLLATE "und:ci" OPTIONS (location = "us")', 'CREATE_SCHEMA'],
    ['CREATE EXTERNAL SCHEMA d WITH CONNECTION us.c OPTIONS (external_source = "x")', 'CREATE_EXTERNAL_SCHEMA'],
    ['CREATE TEMP FUNCTION f(x INT64, y ANY TYPE) AS (x + y)', 'CREATE_FUNCTION'],
    [
      'CREATE FUNCTION d.f(x STRING) RETURNS STRING DETERMINISTIC LANGUAGE js OPTIONS (library = ["gs://x"]) AS r"""return x;"""',
      'CREATE_FUNCTION',
    ],
    [
      'CREATE FUNCTION d.f() RETURNS INT64 LANGUAGE python WITH CONNECTION us.c OPTIONS (entry_point = "f", runtime_version = "python-3.11") AS "x"',
      'CREATE_FUNCTION',
    ],
    ['CREATE FUNCTION d.f(x INT64) RETURNS INT64 REMOTE WITH CONNECTION us.c OPTIONS (endpoint = "https://x")', 'CREATE_FUNCTION'],
    ['CREATE TEMP AGGREGATE FUNCTION f(x FLOAT64, w FLOAT64 NOT AGGREGATE) RETURNS FLOAT64 AS (SUM(x * w))', 'CREATE_FUNCTION'],
    ['CREATE OR REPLACE TABLE FUNCTION d.f(y INT64, t TABLE<a INT64>) RETURNS TABLE<a INT64> AS (SELECT 1 AS a)', 'CREATE_TABLE_FUNCTION'],
    [
      'CREATE PROCEDURE d.p(IN x INT64, OUT y STRING, INOUT z ARRAY<INT64>) OPTIONS (strict_mode = FALSE) BEGIN SET y = "a"; END',
      'CREATE_PROCEDURE',
    ],
    ['CREATE PROCEDURE d.p() WITH CONNECTION us.c OPTIONS (engine = "SPARK") LANGUAGE PYTHON AS "x"', 'CREATE_PROCEDURE'],
    [
      'CREATE MODEL d.m TRANSFORM (ML.STANDARD_SCALER(a) OVER () AS a, * EXCEPT (b)) OPTIONS (model_type = "linear_reg") AS (training_data AS (SELECT 1), custom_holiday AS (SELECT 2))',
      'CREATE_MODEL',
    ],
    ['CREATE OR REPLACE MODEL d.m INPUT (a INT64) OUTPUT (b STRING) REMOTE WITH CONNECTION us.c OPTIONS (endpoint = "x")', 'CREATE_MODEL'],
    [
      'CREATE ROW ACCESS POLICY p ON d.t GRANT TO ("user:a@b.c", "group:x") FILTER USING (region = SESSION_USER())',
      'CREATE_ROW_ACCESS_POLICY',
    ],
    [
      'CREATE SEARCH INDEX i ON d.t (ALL COLUMNS WITH COLUMN OPTIONS (a OPTIONS (index_granularity = "x"))) OPTIONS (analyzer = "x")',
      'CREATE_SEARCH_INDEX',
    ],
    ['CREATE VECTOR INDEX i ON d.t (e) STORING (a, b) OPTIONS (index_type = "IVF")', 'CREATE_VECTOR_INDEX'],
    ['CREATE RESERVATION `p.region-us.r` OPTIONS (slot_capacity = 100)', 'CREATE_RESERVATION'],
    ['CREATE CAPACITY `p.region-us.c` AS JSON \'{"slot_count": 100}\'', 'CREATE_CAPACITY'],
    ['CREATE ASSIGNMENT `p.region-us.r.a` OPTIONS (assignee = "projects/x")', 'CREATE_ASSIGNMENT'],
    ['ALTER TABLE IF EXISTS t ADD COLUMN IF NOT EXISTS a INT64 OPTIONS (x = 1), DROP COLUMN b, RENAME COLUMN c TO d', 'ALTER_TABLE'],
    [
      'ALTER TABLE t ALTER COLUMN a SET DATA TYPE NUMERIC(10), ALTER COLUMN b DROP NOT NULL, ALTER COLUMN c SET DEFAULT CURRENT_DATE(), ALTER COLUMN d SET OPTIONS (x = 1)',
      'ALTER_TABLE',
    ],
    [
      'ALTER TABLE t ADD PRIMARY KEY (a) NOT ENFORCED, ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES u (b) NOT ENFORCED, DROP CONSTRAINT IF EXISTS c, DROP PRIMARY KEY',
      'ALTER_TABLE',
    ],
    ['ALTER TABLE t SET OPTIONS (expiration_timestamp = NULL), SET DEFAULT COLLATE ""', 'ALTER_TABLE'],
    ['ALTER TABLE t RENAME TO u', 'ALTER_TABLE'],
    ['ALTER VIEW v ALTER COLUMN a SET OPTIONS (description = "x")', 'ALTER_VIEW'],
    ['ALTER MATERIALIZED VIEW v SET OPTIONS (enable_refresh = FALSE)', 'ALTER_MATERIALIZED_VIEW'],
    ['ALTER SCHEMA d ADD REPLICA `us-east1` OPTIONS (location = "us-east1")', 'ALTER_SCHEMA'],
    ['ALTER ORGANIZATION SET OPTIONS (`region-us.default_time_zone` = "UTC")', 'ALTER_ORGANIZATION'],
    ['ALTER PROJECT `p` SET OPTIONS (`region-us.default_time_zone` = "UTC")', 'ALTER_PROJECT'],
    ['ALTER BI_CAPACITY `p.region-us.default` SET OPTIONS (size_gb = 1)', 'ALTER_BI_CAPACITY'],
    ['ALTER VECTOR INDEX i ON t REBUILD', 'ALTER_VECTOR_INDEX'],
    ['DROP TABLE IF EXISTS t', 'DROP_TABLE'],
    ['DROP SNAPSHOT TABLE t', 'DROP_SNAPSHOT_TABLE'],
    ['DROP SCHEMA d CASCADE', 'DROP_SCHEMA'],
    ['DROP ALL ROW ACCESS POLICIES ON t', 'DROP_ALL_ROW_ACCESS_POLICIES'],
    ['DROP SEARCH INDEX IF EXISTS i ON t', 'DROP_SEARCH_INDEX'],
    ['UNDROP SCHEMA IF NOT EXISTS d', 'UNDROP_SCHEMA'],
    ['GRANT `roles/bigquery.dataViewer`, `roles/bigquery.user` ON TABLE d.t TO "user:a@b.c", "group:d"', 'GRANT'],
    ['REVOKE `roles/bigquery.dataViewer` ON SCHEMA d FROM "user:a@b.c"', 'REVOKE'],
    ['EXPORT DATA WITH CONNECTION us.c OPTIONS (uri = "gs://b/*", format = "CSV") AS SELECT 1', 'EXPORT_DATA'],
    ['EXPORT MODEL d.m OPTIONS (uri = "gs://b")', 'EXPORT_MODEL'],
    ['EXPORT TABLE METADATA FROM d.t', 'EXPORT_METADATA'],
    ['(SELECT 1 AS a UNION ALL SELECT 2) AS x |> AGGREGATE SUM(x.a)', 'SELECT'],
    [
      'LOAD DATA OVERWRITE TEMP TABLE t (a INT64) PARTITION BY d OPTIONS (x = 1) FROM FILES (format = "CSV", uris = ["gs://b"]) WITH PARTITION COLUMNS (p STRING)',
      'LOAD_DATA',
    ],
    [
      'LOAD DATA INTO t OVERWRITE PARTITIONS (_PARTITIONTIME = TIMESTAMP "2020-01-01") FROM FILES (uris = ["gs://b"]) WITH CONNECTION us.c',
      'LOAD_DATA',
    ],
    ['ASSERT (SELECT COUNT(*) FROM t) > 0 AS "empty"', 'ASSERT'],
    ['CALL d.p(1, "a", x)', 'CALL'],
    ['BEGIN TRANSACTION', 'BEGIN_TRANSACTION'],
    ['COMMIT', 'COMMIT_TRANSACTION'],
    ['ROLLBACK TRANSACTION;', 'ROLLBACK_TRANSACTION'],
  ])('%s', (sql, expected) => expect(types(sql)).toEqual([expected]));
});

describe('scripts', () => {
  it('holds the procedural language', () => {
    const script = parseScript(`
      DECLARE x, y INT64 DEFAULT 0; DECLARE z ARRAY<STRING>;
      SET x = 1; SET (x, y) = (1, 2); SET @@time_zone = 'UTC';
      IF x > 1 THEN SELECT 1; ELSEIF x = 0 THEN SELECT 2; ELSE SELECT 3; END IF;
      CASE x WHEN 1 THEN SELECT 1; ELSE SELECT 2; END CASE;
      CASE WHEN x = 1 THEN SELECT 1; END CASE;
      outer_loop: LOOP BREAK outer_loop; LEAVE; CONTINUE; ITERATE outer_loop; END LOOP outer_loop;
      WHILE x < 3 DO SET x = x + 1; END WHILE;
      REPEAT SET x = x - 1; UNTIL x = 0 END REPEAT;
      FOR r IN (SELECT 1 AS a) DO SELECT r.a; END FOR;
      BEGIN SELECT ERROR('x'); EXCEPTION WHEN ERROR THEN SELECT @@error.message; RAISE; RAISE USING MESSAGE = 'y'; END;
      EXECUTE IMMEDIATE 'SELECT ?, @a' INTO x, y USING 1, 2 AS a;
      BEGIN; COMMIT TRANSACTION; RETURN;`);
    expect(script.statements.map(({ kind }) => kind.replace('Statement', ''))).toEqual(
      'Declare Declare Set Set Set If Case Case Loop While Repeat ForIn BeginEnd ExecuteImmediate BeginTransaction Commit Return'.split(
        ' ',
      ),
    );
  });

  it('gives each statement its span', () => {
    const text = 'SELECT 1; -- one\n  SELECT 2 ;';
    expect(parseScript(text).statements.map(({ span }) => text.slice(span.start, span.end))).toEqual(['SELECT 1', 'SELECT 2']);
  });
});

describe('hard limits', () => {
  const outcome = (sql: string) => {
    try {
      parseScript(sql);
      return 'parsed';
    } catch (error) {
      return (error as { kind?: string }).kind ?? String(error);
    }
  };
  const times = (count: number, text: string) => text.repeat(count);

  it.each([
    ['500 parentheses', `SELECT ${times(500, '(')}1${times(500, ')')}`, 'parsed'],
    ['100,000 parentheses', `SELECT ${times(100_000, '(')}`, 'limit'],
    ['a chain of 1,000 additions', `SELECT ${times(1_000, '1 + ')}1`, 'parsed'],
    ['a chain of 20,000 ORs', `SELECT ${times(20_000, 'a OR ')}a`, 'parsed'],
    [
      '1,000 common table expressions',
      `WITH ${Array.from({ length: 1_000 }, (_, index) => `a${index} AS (SELECT 1)`).join()} SELECT 1`,
      'parsed',
    ],
    ['1,000 joins', `SELECT 1 FROM a${times(1_000, ' JOIN b ON c')}`, 'parsed'],
    ['2,000 nested subqueries', `${times(2_000, 'SELECT (')}1${times(2_000, ')')}`, 'limit'],
    ['2,000 nested calls', `SELECT ${times(2_000, 'f(')}1${times(2_000, ')')}`, 'limit'],
    ['2,000 nested blocks', `${times(2_000, 'BEGIN ')}SELECT 1;${times(2_000, 'END;')}`, 'limit'],
    ['10,000 signs', `SELECT ${times(10_000, '- ')}1`, 'limit'],
    ['2 MB of text', `SELECT '${times(2_000_000, 'x')}'`, 'limit'],
  ])('%s', (_, sql, expected) => {
    const start = process.cpuUsage();
    expect(outcome(sql)).toBe(expected);
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(1_000);
  });
});
