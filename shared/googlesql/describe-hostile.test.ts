import { describe, expect, it } from 'vitest';
import { describeScript, type StatementFacts, type TableName } from './describe-script.ts';
import { parseScript } from './parse-script.ts';

// Statements written to be under-reported. Each says all that it touches; names without a dataset are in acme.sales.

const flags = ['dynamicUri', 'externalQuery', 'javascript', 'foreignCode', 'remoteFunction', 'dynamicSql', 'dcl', 'timeTravel'] as const;

type Place = { readonly projectId?: string; readonly datasetId?: string };

const inPlace = ({ projectId, datasetId }: Place, name: string): string => {
  const dataset = datasetId === 'sales' ? '' : `${datasetId ?? '?'}.`;
  return `${projectId === 'acme' ? '' : `${projectId ?? '?'}.`}${dataset}${name}`;
};

const nameOf = (table: TableName): string => inPlace(table, table.tableId);

function factsOf({ reads, writes, models, routines, objects, touches }: StatementFacts): string[] {
  return [
    ...reads.map((name) => `read ${nameOf(name)}`),
    ...writes.map((name) => `write ${nameOf(name)}`),
    ...models.map((name) => `model ${nameOf(name)}`),
    ...routines.map((routine) => `call ${inPlace(routine, routine.routineId)}`),
    ...objects.map(({ action, objectType, text }) => `${action} ${objectType} ${text}`),
    ...touches.uris.map((uri) => `uri ${uri}`),
    ...touches.connections.map((connection) => `connection ${connection}`),
    ...touches.systemProcedures.map((name) => `system ${name}`),
    ...flags.filter((flag) => touches[flag]),
    ...(touches.dynamicDefaults ? ['dynamicDefaults'] : []),
  ];
}

function describeAll(sql: string): string[] {
  const { statements } = describeScript(parseScript(sql), { defaultProjectId: 'acme', defaultDataset: { datasetId: 'sales' } });
  return [...new Set(statements.flatMap(factsOf))].sort();
}

const holds = (cases: readonly (readonly [sql: string, ...facts: string[]])[]): void => {
  it.each(cases.map(([sql, ...facts]) => [sql, facts] as const))('%s', (sql, facts) => {
    expect(describeAll(sql)).toEqual([...facts].sort());
  });
};

describe('ways to write a name', () =>
  holds([
    ['SELECT/**/*FROM/**/`hr`/* ; */./*--*/`pay`', 'read hr.pay'],
    ['SELECT * FROM -- public.t\n hr.pay # public.t', 'read hr.pay'],
    ["SELECT \"FROM hr.pay\", '''FROM hr.\npay''', r\"\\\\\" FROM t", 'read t'],
    ['SELECT 1 --\rFROM hr.pay', 'read hr.pay'],
    ['SELECT * FROM\u00a0hr.pay', 'read hr.pay'],
    ['SELECT * FROM `hr.p\\x61y`', 'read hr.pay'],
    ['SELECT * FROM `hr`.`p\\u0061y`', 'read hr.pay'],
    ['SELECT * FROM my-project-1a.hr.pay', 'read my-project-1a.hr.pay'],
    ['SELECT * FROM `my-project`.hr.`pay`', 'read my-project.hr.pay'],
    ['SELECT * FROM `google.com:hr.people.pay`', 'read google.com:hr.people.pay'],
    ['SELECT * FROM hr.select', 'read hr.select'],
    ['SELECT * FROM `hr.pay_*`', 'read hr.pay_*'],
    ['SELECT * FROM `hr.pay@-3600000`', 'read hr.pay@-3600000', 'timeTravel'],
    ['SELECT * FROM a.b.c.d', 'read a.b.c.d'],
    ['SELECT * FROM `region-eu`.INFORMATION_SCHEMA.JOBS_BY_USER', 'read region-eu.INFORMATION_SCHEMA.JOBS_BY_USER'],
    ['SELECT * FROM `p.hr.INFORMATION_SCHEMA.COLUMNS`', 'read p.hr.INFORMATION_SCHEMA.COLUMNS'],
  ]));

describe('names that seem hidden', () =>
  holds([
    ['WITH pay AS (SELECT 1) SELECT * FROM hr.pay', 'read hr.pay'],
    ['WITH pay AS (SELECT * FROM pay) SELECT * FROM pay', 'read pay'],
    ['SELECT * FROM (WITH pay AS (SELECT 1) SELECT * FROM pay) JOIN pay USING (x)', 'read pay'],
    ['WITH a AS (WITH pay AS (SELECT 1) SELECT * FROM pay) SELECT * FROM a, pay', 'read pay'],
    ['WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a', 'read b'],
    ['WITH `hr.pay` AS (SELECT 1) SELECT * FROM `hr.pay`', 'read hr.pay'],
    ['WITH hr AS (SELECT 1) SELECT * FROM hr.pay', 'read hr.pay'],
    ['SELECT * FROM t AS hr, (SELECT * FROM hr.pay)', 'read hr.pay', 'read t'],
    ['SELECT * FROM t AS hr, (SELECT * FROM hr.pay) PIVOT(SUM(x) FOR y IN (1))', 'read hr.pay', 'read t'],
    ['SELECT * FROM t AS hr, (SELECT * FROM hr.pay) TABLESAMPLE SYSTEM (1 PERCENT)', 'read hr.pay', 'read t'],
    ['SELECT * FROM t AS hr, ((SELECT 1 AS x) JOIN hr.pay USING (x))', 'read hr.pay', 'read t'],
    ['SELECT * FROM t AS hr JOIN (u JOIN (v JOIN hr.pay USING (x)) USING (x)) USING (x)', 'read hr.pay', 'read t', 'read u', 'read v'],
    ['SELECT * FROM t AS hr, f((SELECT * FROM hr.pay))', 'call f', 'read hr.pay', 'read t'],
    ['SELECT * FROM hr.pay, t AS hr', 'read hr.pay', 'read t'],
    ['SELECT * FROM t AS hr PIVOT(SUM(x) FOR y IN (1)), hr.pay', 'read hr.pay', 'read t'],
    ['SELECT 1 FROM t AS hr UNION ALL SELECT 2 FROM hr.pay', 'read hr.pay', 'read t'],
    ['SELECT 1 FROM t AS hr UNION ALL SELECT 2 ORDER BY (SELECT 1 FROM hr.pay)', 'read hr.pay', 'read t'],
    ['FROM t AS hr |> AGGREGATE COUNT(*) |> CROSS JOIN hr.pay', 'read hr.pay', 'read t'],
    ['FROM t AS hr |> AS x |> CROSS JOIN hr.pay', 'read hr.pay', 'read t'],
    ['(SELECT * FROM t AS hr) |> WHERE EXISTS (SELECT 1 FROM hr.pay)', 'read hr.pay', 'read t'],
    ['UPDATE t SET a = 1 FROM u AS hr, (SELECT * FROM hr.pay) WHERE true', 'read hr.pay', 'read t', 'read u', 'write t'],
    ['DELETE FROM t AS x WHERE EXISTS (SELECT 1 FROM t.pay)', 'read t', 'read t.pay', 'write t'],
    ['CREATE TEMP FUNCTION f(pay STRING) AS ((SELECT 1 FROM pay)); SELECT f("x")', 'read pay'],
    ['CREATE TABLE FUNCTION f(pay TABLE<a INT64>) AS SELECT * FROM pay, hr.pay', 'create TABLE FUNCTION f', 'read hr.pay'],
  ]));

describe('temporary tables that are gone', () =>
  holds([
    ['CREATE TEMP TABLE pay AS SELECT * FROM pay', 'read pay'],
    ['CREATE TEMP TABLE pay AS SELECT 1; ALTER TABLE pay RENAME TO x; SELECT * FROM pay', 'alter TABLE pay', 'read pay', 'write x'],
    ['CREATE TEMP TABLE pay AS SELECT 1; LOOP SELECT * FROM pay; DROP TABLE pay; END LOOP', 'drop TABLE pay', 'read pay', 'write pay'],
    [
      'CREATE TEMP TABLE pay AS SELECT 1; REPEAT IF x THEN SELECT * FROM pay; ELSE DROP TABLE pay; END IF; UNTIL y END REPEAT',
      'drop TABLE pay',
      'read pay',
      'write pay',
    ],
    ['CREATE TEMP TABLE pay AS SELECT 1; WHILE (SELECT COUNT(*) FROM pay) > 0 DO DROP TABLE _SESSION.pay; END WHILE', 'read pay'],
    ['WHILE x DO CREATE TEMP TABLE pay AS SELECT 1; END WHILE; SELECT * FROM pay', 'read pay'],
    ['CREATE TEMP TABLE pay AS SELECT 1; SELECT * FROM sales.pay', 'read pay'],
    ['CREATE TABLE pay AS SELECT 1; SELECT * FROM pay', 'create TABLE pay', 'read pay', 'write pay'],
  ]));

describe('default datasets that change', () =>
  holds([
    ['SET @@dataset_id = "hr"; SELECT * FROM pay', 'read hr.pay'],
    ['SET @@DATASET_PROJECT_ID = "other"; SELECT * FROM hr.pay', 'read other.hr.pay'],
    ['SET @@dataset_id = "other.hr"; SELECT * FROM pay', 'dynamicDefaults', 'read ?.?.pay'],
    ['SET @@dataset_id = IF(x, "hr", "b"); SELECT * FROM pay', 'dynamicDefaults', 'read ?.?.pay'],
    ['FOR r IN (SELECT 1) DO SELECT * FROM pay; SET @@dataset_id = "hr"; END FOR', 'dynamicDefaults', 'read ?.?.pay'],
    ['CREATE PROCEDURE p() BEGIN SET @@dataset_id = "public"; END; SELECT * FROM pay', 'create PROCEDURE p', 'read pay'],
  ]));

describe('reads inside of clauses', () =>
  holds([
    ['SELECT 1 FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY (SELECT a FROM hr.pay)) = 1', 'read hr.pay', 'read t'],
    ['SELECT SUM(x) OVER w FROM t WINDOW w AS (PARTITION BY (SELECT a FROM hr.pay))', 'read hr.pay', 'read t'],
    ['SELECT * REPLACE ((SELECT a FROM hr.pay) AS a) FROM t', 'read hr.pay', 'read t'],
    ['SELECT ARRAY_AGG(x ORDER BY (SELECT a FROM hr.pay) LIMIT 1) FROM t', 'read hr.pay', 'read t'],
    ['SELECT ARRAY_FILTER(x, e -> e IN (SELECT a FROM hr.pay)) FROM t', 'read hr.pay', 'read t'],
    ['SELECT * FROM t FOR SYSTEM_TIME AS OF (SELECT MAX(a) FROM hr.pay)', 'read hr.pay', 'read t', 'timeTravel'],
    ['SELECT * FROM t GROUP BY ROLLUP((SELECT a FROM hr.pay))', 'read hr.pay', 'read t'],
    ['SELECT WITH(a AS (SELECT MAX(b) FROM hr.pay), a)', 'read hr.pay'],
    ['SELECT CASE (SELECT a FROM hr.pay) WHEN 1 THEN 2 END', 'read hr.pay'],
    ['SELECT STRUCT((SELECT a FROM hr.pay) AS b).b, [(SELECT 1 FROM hr.tax)][0]', 'read hr.pay', 'read hr.tax'],
    ['SELECT x LIKE ANY (SELECT a FROM hr.pay), x IN UNNEST(ARRAY(SELECT a FROM hr.tax)) FROM t', 'read hr.pay', 'read hr.tax', 'read t'],
    ['FROM t |> EXTEND (SELECT a FROM hr.pay) AS b |> SET x = (SELECT 1 FROM hr.tax)', 'read hr.pay', 'read hr.tax', 'read t'],
    ['FROM t |> UNION ALL (SELECT 1), (FROM hr.pay) |> ASSERT EXISTS(SELECT 1 FROM hr.tax)', 'read hr.pay', 'read hr.tax', 'read t'],
    ['FROM t |> CALL f(TABLE hr.pay) |> PIVOT(SUM(x) FOR y IN (1))', 'call f', 'read hr.pay', 'read t'],
    [
      'MERGE t USING u ON EXISTS(SELECT 1 FROM v) WHEN MATCHED AND (SELECT true FROM w) THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES ((SELECT 1 FROM hr.pay))',
      'read hr.pay',
      'read t',
      'read u',
      'read v',
      'read w',
      'write t',
    ],
    ['INSERT t VALUES (1, (SELECT a FROM hr.pay))', 'read hr.pay', 'write t'],
    [
      'DECLARE x INT64 DEFAULT (SELECT MAX(a) FROM hr.pay); SET x = (SELECT 1 FROM hr.tax); ASSERT EXISTS(SELECT 1 FROM v)',
      'read hr.pay',
      'read hr.tax',
      'read v',
    ],
    [
      'BEGIN RAISE USING MESSAGE = (SELECT a FROM hr.pay); EXCEPTION WHEN ERROR THEN CASE WHEN EXISTS(SELECT 1 FROM u) THEN CALL p((SELECT 1 FROM v)); END CASE; END',
      'call p',
      'read hr.pay',
      'read u',
      'read v',
    ],
    ['CREATE FUNCTION f() AS ((SELECT MAX(a) FROM hr.pay))', 'create FUNCTION f', 'read hr.pay'],
    [
      'CREATE TABLE t (a INT64 DEFAULT (SELECT 1 FROM hr.pay), b STRING DEFAULT (hr.f()))',
      'call hr.f',
      'create TABLE t',
      'read hr.pay',
      'write t',
    ],
    ['ALTER TABLE t ALTER COLUMN a SET DEFAULT (hr.f())', 'alter TABLE t', 'call hr.f', 'write t'],
    ['CREATE MATERIALIZED VIEW v PARTITION BY d AS SELECT * FROM hr.pay', 'create MATERIALIZED VIEW v', 'read hr.pay', 'write v'],
    ['CREATE MATERIALIZED VIEW v AS REPLICA OF hr.v', 'create MATERIALIZED VIEW v', 'read hr.v', 'write v'],
    ['CREATE TABLE t LIKE hr.pay', 'create TABLE t', 'read hr.pay', 'write t'],
    ['CREATE TABLE t COPY hr.pay', 'create TABLE t', 'read hr.pay', 'write t'],
    [
      'CREATE TABLE t CLONE hr.pay FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(x, INTERVAL 1 DAY)',
      'create TABLE t',
      'read hr.pay',
      'timeTravel',
      'write t',
    ],
    ['CREATE SNAPSHOT TABLE t CLONE hr.pay', 'create SNAPSHOT TABLE t', 'read hr.pay', 'write t'],
    ['EXPORT TABLE METADATA FROM hr.pay', 'read hr.pay'],
    [
      'CREATE MODEL m TRANSFORM(ML.BUCKETIZE(a, [1]) AS b) OPTIONS(model_type = "x") AS SELECT * FROM hr.pay',
      'create MODEL m',
      'read hr.pay',
    ],
    [
      'CREATE MODEL m AS (training_data AS (SELECT * FROM hr.pay), custom_holiday AS (SELECT * FROM u))',
      'create MODEL m',
      'read hr.pay',
      'read u',
    ],
    ['SELECT * FROM ML.PREDICT(MODEL hr.m, TABLE hr.pay, STRUCT((SELECT 1 FROM u) AS threshold))', 'model hr.m', 'read hr.pay', 'read u'],
    ['SELECT * FROM APPENDS(TABLE hr.pay, NULL, NULL)', 'read hr.pay', 'timeTravel'],
    ['SELECT * FROM CHANGES(TABLE hr.pay, NULL, CURRENT_TIMESTAMP())', 'read hr.pay', 'timeTravel'],
    ['SELECT * FROM VECTOR_SEARCH(TABLE hr.pay, "e", TABLE u, top_k => 1)', 'read hr.pay', 'read u'],
    ['SELECT * FROM RANGE_SESSIONIZE(TABLE hr.pay, "r", ["a"])', 'read hr.pay'],
    ['CREATE ROW ACCESS POLICY p ON t GRANT TO ("user:a@b") FILTER USING (a IN (SELECT a FROM hr.pay))', 'dcl', 'read hr.pay', 'write t'],
  ]));

describe('writes', () =>
  holds([
    ['INSERT hr.pay SELECT 1', 'write hr.pay'],
    ['TRUNCATE TABLE `hr`.pay', 'write hr.pay'],
    [
      'LOAD DATA OVERWRITE hr.pay FROM FILES (format = "CSV", uris = ["gs://b/x", "gs://b/y"]) WITH CONNECTION `us.c`',
      'connection us.c',
      'uri gs://b/x',
      'uri gs://b/y',
      'write hr.pay',
    ],
    ['LOAD DATA INTO hr.pay FROM FILES (uris = [CONCAT("gs://", @b)])', 'dynamicUri', 'write hr.pay'],
    ['UNDROP TABLE hr.pay', 'undrop TABLE hr.pay', 'write hr.pay'],
    ['UNDROP SCHEMA hr', 'undrop SCHEMA hr'],
    ['ALTER SCHEMA hr SET DEFAULT COLLATE "und:ci"', 'alter SCHEMA hr'],
    ['ALTER TABLE IF EXISTS hr.pay SET DEFAULT COLLATE "und:ci"', 'alter TABLE hr.pay', 'write hr.pay'],
    ['ALTER TABLE hr.pay RENAME TO old', 'alter TABLE hr.pay', 'write hr.pay', 'write hr.old'],
    ['ALTER VIEW hr.v SET OPTIONS (description = "x")', 'alter VIEW hr.v', 'write hr.v'],
    ['ALTER TABLE hr.pay ALTER COLUMN a SET OPTIONS (data_policies = ["{}"])', 'alter TABLE hr.pay', 'dcl', 'write hr.pay'],
    ['CREATE SEARCH INDEX i ON hr.pay (ALL COLUMNS)', 'write hr.pay'],
    ['DROP VECTOR INDEX i ON hr.pay', 'write hr.pay'],
    ['DROP ALL ROW ACCESS POLICIES ON hr.pay', 'dcl', 'write hr.pay'],
    ['DROP ROW ACCESS POLICY IF EXISTS p ON hr.pay', 'dcl', 'write hr.pay'],
    ['CREATE DATA_POLICY `p.region-us.d` OPTIONS (data_policy_type = "X")', 'create DATA_POLICY `p.region-us.d`', 'dcl'],
    ['DROP SCHEMA hr CASCADE', 'drop SCHEMA hr'],
    ['GRANT `roles/bigquery.admin` ON TABLE hr.pay TO "allUsers"', 'alter TABLE hr.pay', 'dcl'],
    ['REVOKE `roles/x` ON SCHEMA hr FROM "user:a@b"', 'alter SCHEMA hr', 'dcl'],
    [
      'CREATE PROCEDURE p() BEGIN IF x THEN DELETE FROM hr.pay WHERE true; END IF; END',
      'create PROCEDURE p',
      'read hr.pay',
      'write hr.pay',
    ],
  ]));

describe('places and code outside', () =>
  holds([
    ['EXPORT DATA WITH CONNECTION us.c OPTIONS (`URI` = "s3://b/*") AS SELECT * FROM t', 'connection us.c', 'read t', 'uri s3://b/*'],
    ['EXPORT DATA OPTIONS (uri = "gs://" || x) AS SELECT 1', 'dynamicUri'],
    ['EXPORT MODEL m OPTIONS (uri = "gs://b")', 'model m', 'uri gs://b'],
    [
      'CREATE EXTERNAL TABLE t OPTIONS (uris = ["gs://b"], hive_partition_uri_prefix = @x)',
      'create EXTERNAL TABLE t',
      'dynamicUri',
      'uri gs://b',
      'write t',
    ],
    ['CREATE TABLE t WITH CONNECTION us.c OPTIONS (storage_uri = "gs://b")', 'connection us.c', 'create TABLE t', 'uri gs://b', 'write t'],
    [
      'CREATE EXTERNAL SCHEMA s WITH CONNECTION c OPTIONS (external_source = "aws-glue://x")',
      'connection c',
      'create EXTERNAL SCHEMA s',
      'uri aws-glue://x',
    ],
    [
      'CREATE MODEL m REMOTE WITH CONNECTION DEFAULT OPTIONS (endpoint = "gemini")',
      'connection DEFAULT',
      'create MODEL m',
      'remoteFunction',
      'uri gemini',
    ],
    ['CREATE TEMP FUNCTION f() RETURNS STRING LANGUAGE js OPTIONS (library = "gs://b/x.js") AS "x"', 'javascript', 'uri gs://b/x.js'],
    [
      'CREATE PROCEDURE p() WITH CONNECTION c OPTIONS (engine = "SPARK", main_file_uri = @x) LANGUAGE PYTHON',
      'connection c',
      'create PROCEDURE p',
      'dynamicUri',
      'foreignCode',
    ],
    ['SELECT * FROM External_Query("us.c", (SELECT a FROM t))', 'connection us.c', 'externalQuery', 'read t'],
    ['SELECT OBJ.GET_ACCESS_URL(OBJ.MAKE_REF("gs://b/x", "us.c"), "r")', 'connection us.c', 'uri gs://b/x'],
    ['SELECT OBJ.MAKE_REF(uri, authorizer => "us.c") FROM t', 'connection us.c', 'dynamicUri', 'read t'],
    ['SELECT AI.GENERATE("x", connection_id => "us.c", endpoint => "gemini")', 'connection us.c', 'uri gemini'],
    ['SELECT KEYS.KEYSET_CHAIN("gcp-kms://k", b"x")', 'uri gcp-kms://k'],
    ['EXECUTE IMMEDIATE CONCAT("SELECT * FROM ", x) INTO y USING (SELECT a FROM t)', 'dynamicSql', 'read t'],
    ['BEGIN BEGIN EXECUTE IMMEDIATE "DROP TABLE x"; END; END', 'dynamicSql'],
    ['CALL BQ.REFRESH_MATERIALIZED_VIEW("hr.v")', 'system BQ.REFRESH_MATERIALIZED_VIEW'],
    ['CALL bq.mine(TABLE hr.pay)', 'call bq.mine', 'read hr.pay', 'system BQ.MINE'],
    ['CALL `other.hr.clean`()', 'call other.hr.clean'],
    [
      'SELECT `net.host`(x), SAFE.hr.f(x), hr.g(x) OVER (), x.(hr.h)() FROM t',
      'call net.host',
      'call hr.f',
      'call hr.g',
      'call hr.h',
      'read t',
    ],
    ['IF x THEN CREATE TEMP FUNCTION f() AS (1); END IF; SELECT f()', 'call f'],
    ['CREATE TEMP FUNCTION f() AS (hr.g()); SELECT F()', 'call hr.g'],
  ]));
