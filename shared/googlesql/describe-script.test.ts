import { describe, expect, it } from 'vitest';
import { type DescribeOptions, describeScript } from './describe-script.ts';
import { parseScript } from './parse-script.ts';

const here: DescribeOptions = { defaultProjectId: 'acme', defaultDataset: { datasetId: 'sales' } };

const describeAll = (sql: string, options = here) => describeScript(parseScript(sql), options).statements;
const describeOne = (sql: string, options = here) => describeAll(sql, options)[0]!;
const show = (name: { projectId?: string; datasetId?: string; tableId: string }) => `${name.projectId}.${name.datasetId}.${name.tableId}`;
const reads = (sql: string, options = here) => describeAll(sql, options).flatMap((each) => each.reads.map(show));
const writes = (sql: string) => describeAll(sql).flatMap((each) => each.writes.map(show));

describe('tables read', () => {
  it.each([
    ['SELECT * FROM orders', ['acme.sales.orders']],
    ['SELECT * FROM crm.people', ['acme.crm.people']],
    ['SELECT * FROM `other-project.crm.people`', ['other-project.crm.people']],
    ['SELECT * FROM other-project-1.crm.people', ['other-project-1.crm.people']],
    ['SELECT * FROM `other-project`.`crm`.people', ['other-project.crm.people']],
    ['SELECT * FROM `example.com:legacy.crm.people`', ['example.com:legacy.crm.people']],
    ['SELECT * FROM /* x */ `crm` . -- y\n `people`', ['acme.crm.people']],
    ['SELECT 1 FROM a JOIN b USING (x), c', ['acme.sales.a', 'acme.sales.b', 'acme.sales.c']],
    [
      'SELECT (SELECT MAX(x) FROM a), EXISTS(SELECT 1 FROM b), x IN (SELECT y FROM c) FROM d',
      ['acme.sales.d', 'acme.sales.c', 'acme.sales.b', 'acme.sales.a'],
    ],
    ['SELECT ARRAY(SELECT secret FROM a) FROM b', ['acme.sales.b', 'acme.sales.a']],
    ['SELECT * FROM a WHERE x LIKE ANY (SELECT p FROM b)', ['acme.sales.a', 'acme.sales.b']],
    ['SELECT * FROM a UNION ALL (SELECT * FROM b) ORDER BY (SELECT 1 FROM c)', ['acme.sales.a', 'acme.sales.b', 'acme.sales.c']],
    ['SELECT * FROM a PIVOT(SUM(x) FOR y IN (1))', ['acme.sales.a']],
    ['SELECT * FROM a LIMIT 1', ['acme.sales.a']],
    [
      'FROM a |> JOIN b USING (x) |> WHERE y IN (SELECT z FROM c) |> UNION ALL (FROM d)',
      ['acme.sales.a', 'acme.sales.b', 'acme.sales.c', 'acme.sales.d'],
    ],
    ['SELECT * FROM ML.PREDICT(MODEL m, TABLE a)', ['acme.sales.a']],
    ['SELECT * FROM ML.PREDICT(MODEL m, (SELECT * FROM b))', ['acme.sales.b']],
    ['SELECT * FROM VECTOR_SEARCH(TABLE a, "x", (SELECT * FROM b))', ['acme.sales.a', 'acme.sales.b']],
    ['SELECT * FROM region-us.INFORMATION_SCHEMA.JOBS', ['acme.region-us.INFORMATION_SCHEMA.JOBS']],
    ['SELECT * FROM p.crm.INFORMATION_SCHEMA.TABLES', ['p.crm.INFORMATION_SCHEMA.TABLES']],
    ['SELECT @@row_count', []],
  ])('%s', (sql, expected) => expect(new Set(reads(sql))).toEqual(new Set(expected)));

  it('marks wildcards', () => {
    expect(describeOne('SELECT * FROM `crm.events_*` WHERE _TABLE_SUFFIX = "1"').reads).toMatchObject([
      { tableId: 'events_*', isWildcard: true },
    ]);
  });

  it('leaves the dataset open where nothing gives it', () => {
    expect(describeOne('SELECT * FROM t', {}).reads[0]).not.toHaveProperty('datasetId');
  });
});

describe('what is no table', () => {
  it.each([
    ['WITH a AS (SELECT 1) SELECT * FROM a', []],
    ['WITH a AS (SELECT * FROM a) SELECT * FROM A', ['acme.sales.a']],
    ['WITH RECURSIVE a AS (SELECT 1 UNION ALL SELECT 2 FROM a) SELECT * FROM a', []],
    ['WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b', []],
    ['SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a), a', ['acme.sales.a']],
    ['WITH a AS (SELECT 1) SELECT * FROM crm.a', ['acme.crm.a']],
    ['SELECT * FROM orders AS o, o.items, UNNEST(o.tags)', ['acme.sales.orders']],
    ['SELECT * FROM crm.orders, orders.items AS i, i.parts', ['acme.crm.orders']],
    ['SELECT (SELECT SUM(x) FROM o.items) FROM crm.orders AS o', ['acme.crm.orders']],
    ['SELECT * FROM crm.o, (SELECT * FROM o.items)', ['acme.crm.o', 'acme.o.items']],
    ['SELECT * FROM o.items, crm.orders AS o', ['acme.o.items', 'acme.crm.orders']],
    ['FROM crm.orders AS o |> SELECT 1 AS x |> JOIN o.items USING (x)', ['acme.crm.orders', 'acme.o.items']],
    ['FROM crm.orders |> WITH a AS (SELECT 1) |> JOIN a USING (x)', ['acme.crm.orders']],
    ['SELECT x FROM UNNEST([1, 2]) AS x', []],
    ['CREATE TEMP TABLE t AS SELECT 1; SELECT * FROM t', []],
    ['SELECT * FROM _SESSION.t', []],
    ['IF true THEN CREATE TEMP TABLE t AS SELECT 1; END IF; SELECT * FROM t', ['acme.sales.t']],
    ['CREATE TEMP TABLE t AS SELECT 1; DROP TABLE t; SELECT * FROM t', ['acme.sales.t']],
    ['WITH `crm.people` AS (SELECT 1) SELECT * FROM `crm.people`', ['acme.crm.people']],
    ['b: BEGIN IF x THEN LEAVE b; END IF; CREATE TEMP TABLE t AS SELECT 1; END b; SELECT * FROM t', ['acme.sales.t']],
    ['BEGIN CREATE TEMP TABLE t AS SELECT ERROR("x"); EXCEPTION WHEN ERROR THEN SELECT * FROM t; END', ['acme.sales.t']],
    ['CREATE TEMP TABLE t AS SELECT 1; CREATE PROCEDURE d.p() BEGIN SELECT * FROM t; END', ['acme.sales.t']],
    ['CREATE TEMP FUNCTION f(people ANY TYPE) AS ((SELECT MAX(x) FROM people))', ['acme.sales.people']],
    ['UPDATE crm.o SET a = 1 FROM o.items WHERE EXISTS (SELECT 1 FROM o.tags)', ['acme.crm.o', 'acme.o.items']],
  ])('%s', (sql, expected) => expect(reads(sql)).toEqual(expected));
});

describe('tables written', () => {
  it.each([
    ['INSERT INTO t (a) SELECT a FROM u', ['acme.sales.t'], ['acme.sales.u']],
    ['UPDATE t SET a = 1 FROM u WHERE true', ['acme.sales.t'], ['acme.sales.t', 'acme.sales.u']],
    ['DELETE FROM t WHERE a IN (SELECT 1 FROM u)', ['acme.sales.t'], ['acme.sales.t', 'acme.sales.u']],
    ['MERGE t USING u ON false WHEN NOT MATCHED THEN INSERT ROW', ['acme.sales.t'], ['acme.sales.t', 'acme.sales.u']],
    ['TRUNCATE TABLE t', ['acme.sales.t'], []],
    ['CREATE OR REPLACE TABLE p.d.t AS SELECT * FROM u', ['p.d.t'], ['acme.sales.u']],
    ['CREATE TABLE t CLONE u', ['acme.sales.t'], ['acme.sales.u']],
    ['CREATE SNAPSHOT TABLE t CLONE u', ['acme.sales.t'], ['acme.sales.u']],
    ['CREATE VIEW v AS SELECT * FROM u', ['acme.sales.v'], ['acme.sales.u']],
    ['DROP TABLE IF EXISTS crm.t', ['acme.crm.t'], []],
    ['ALTER TABLE crm.t RENAME TO u', ['acme.crm.t', 'acme.crm.u'], []],
    ['LOAD DATA OVERWRITE t FROM FILES (format = "CSV", uris = ["gs://b/x"])', ['acme.sales.t'], []],
    ['DROP SCHEMA crm', [], []],
  ])('%s', (sql, written, read) => {
    expect(writes(sql)).toEqual(written);
    expect(reads(sql)).toEqual(read);
  });

  it('names other objects', () => {
    expect(describeOne('DROP SCHEMA other.crm CASCADE').objects).toMatchObject([
      { action: 'drop', objectType: 'SCHEMA', projectId: 'other', datasetId: 'crm' },
    ]);
    expect(describeOne('CREATE OR REPLACE FUNCTION crm.f() AS (1)').objects).toMatchObject([
      { action: 'createOrReplace', objectType: 'FUNCTION', datasetId: 'crm', objectId: 'f' },
    ]);
  });
});

describe('functions and routines', () => {
  it('tells built-in functions from routines', () => {
    const facts = describeOne('SELECT upper(x), SAFE.SUBSTR(x, 1), net.host(x), f(x), crm.g(x), `p.crm.h`(x), COUNT(*) OVER () FROM t');
    expect(facts.functions).toEqual(expect.arrayContaining(['UPPER', 'SUBSTR', 'NET.HOST', 'COUNT']));
    expect(facts.functions).toHaveLength(4);
    expect(facts.routines.map((each) => `${each.projectId}.${each.datasetId}.${each.routineId}`).sort()).toEqual([
      'acme.crm.g',
      'acme.sales.f',
      'p.crm.h',
    ]);
  });

  it('knows temporary functions and procedures', () => {
    const [, second] = describeAll('CREATE TEMP FUNCTION f(x INT64) AS (x); SELECT f(1)');
    expect(second?.routines).toEqual([]);
    expect(describeOne('CALL crm.clean(1)').routines).toMatchObject([{ kind: 'procedure', routineId: 'clean' }]);
    expect(describeOne('CALL BQ.ABORT_SESSION()').touches.systemProcedures).toEqual(['BQ.ABORT_SESSION']);
  });

  it('takes a dataset with the name of a prefix for a dataset', () => {
    expect(
      describeOne('SELECT ai.leak(x), ml.f(x) FROM t')
        .routines.map((each) => each.text)
        .sort(),
    ).toEqual(['ai.leak', 'ml.f']);
  });

  it('lists parameters', () => {
    expect(describeOne('SELECT @a, @b, @a, ?, ?').parameters.toSorted()).toEqual(['?', '?', 'a', 'b']);
  });
});

describe('what lies outside', () => {
  const touches = (sql: string) => describeAll(sql).map((each) => each.touches);
  it.each([
    ['EXPORT DATA OPTIONS (uri = "gs://out/*", format = "CSV") AS SELECT 1', { uris: ['gs://out/*'] }],
    ['EXPORT DATA OPTIONS (uri = CONCAT("gs://", @x)) AS SELECT 1', { dynamicUri: true }],
    [
      'CREATE EXTERNAL TABLE t WITH CONNECTION us.c OPTIONS (uris = ["gs://a", "gs://b"])',
      { uris: ['gs://a', 'gs://b'], connections: ['us.c'] },
    ],
    ['SELECT * FROM EXTERNAL_QUERY("us.c", "SELECT 1")', { externalQuery: true, connections: ['us.c'] }],
    ['SELECT * FROM EXTERNAL_QUERY(CONCAT("a"), "SELECT 1")', { externalQuery: true, connections: ['?'] }],
    ['CREATE TEMP FUNCTION f() RETURNS INT64 LANGUAGE js AS "return 1"', { javascript: true }],
    ['CREATE FUNCTION d.f() RETURNS INT64 LANGUAGE python OPTIONS (entry_point = "f") AS "x"', { foreignCode: true }],
    [
      'CREATE FUNCTION d.f() RETURNS INT64 REMOTE WITH CONNECTION us.c OPTIONS (endpoint = "https://x")',
      { remoteFunction: true, uris: ['https://x'] },
    ],
    ['EXECUTE IMMEDIATE "SELECT 1"', { dynamicSql: true }],
    ['GRANT `roles/bigquery.admin` ON SCHEMA d TO "user:a@b"', { dcl: true }],
    ['CREATE ROW ACCESS POLICY p ON t GRANT TO ("user:a@b") FILTER USING (true)', { dcl: true }],
    ['SELECT * FROM t FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()', { timeTravel: true }],
    ['SELECT * FROM `t@1234`', { timeTravel: true }],
    ['BEGIN EXECUTE IMMEDIATE x; END', undefined, { dynamicSql: true }],
  ])('%s', (sql, ...expected) => {
    for (const [index, part] of expected.entries()) if (part) expect(touches(sql)[index]).toMatchObject(part as object);
  });
});

describe('scripts', () => {
  it('lists what blocks enclose, in order', () => {
    const sql =
      'DECLARE x INT64; IF x > (SELECT 1 FROM a) THEN INSERT INTO b SELECT 1; ELSE DROP TABLE c; END IF; FOR r IN (SELECT * FROM d) DO SELECT r.x; END FOR';
    expect(describeAll(sql).map((each) => each.statementType)).toEqual(['SCRIPT', 'SCRIPT', 'INSERT', 'DROP_TABLE', 'SCRIPT', 'SELECT']);
    expect(reads(sql)).toEqual(['acme.sales.a', 'acme.sales.d']);
    expect(writes(sql)).toEqual(['acme.sales.b', 'acme.sales.c']);
  });

  it('marks a procedure body as deferred', () => {
    const facts = describeAll('CREATE PROCEDURE d.p() BEGIN DELETE FROM t WHERE true; END');
    expect(facts.map((each) => [each.statementType, each.isDeferred])).toEqual([
      ['CREATE_PROCEDURE', false],
      ['SCRIPT', true],
      ['DELETE', true],
    ]);
  });

  it('follows a default dataset that is set, and loses it where that is computed', () => {
    expect(reads('SET @@dataset_id = "crm"; SELECT * FROM t')).toEqual(['acme.crm.t']);
    const [, after] = describeAll('SET @@dataset_id = @d; SELECT * FROM t');
    expect(after?.touches.dynamicDefaults).toBe(true);
    expect(after?.reads[0]).not.toHaveProperty('datasetId');
    const conditional = describeAll('IF true THEN SET @@dataset_id = "crm"; END IF; SELECT * FROM t').at(-1);
    expect(conditional?.touches.dynamicDefaults).toBe(true);
  });
});

describe('hostile size', () => {
  it.each([
    ['tables', Array.from({ length: 30_000 }, (_, index) => `SELECT 1 FROM t${index}`).join(' UNION ALL ')],
    ['parameters', `SELECT ${Array.from({ length: 80_000 }, (_, index) => `@p${index}`).join()}`],
    ['routines', `SELECT ${Array.from({ length: 60_000 }, (_, index) => `f${index}()`).join()}`],
    ['a list', `SELECT x IN (${'1,'.repeat(190_000)}1)`],
  ])('%s', (_, sql) => {
    const start = process.cpuUsage();
    expect(describeAll(sql)).toHaveLength(1);
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(4_000);
  });
});
