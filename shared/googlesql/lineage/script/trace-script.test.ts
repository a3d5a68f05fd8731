import { describe, expect, it } from 'vitest';
import { createSchemaCatalog } from '../schema-catalog.ts';
import type { Lineage } from '../trace-lineage.ts';
import { traceScript } from './trace-script.ts';

const path = (tableId: string) => ({ projectId: 'p', datasetId: 'd', tableId });
const defaults = { projectId: 'p', datasetId: 'd' };
const catalog = createSchemaCatalog([
  {
    path: path('people'),
    fields: [
      { name: 'id', type: 'INTEGER' },
      { name: 'name', type: 'STRING' },
      { name: 'secret', type: 'STRING' },
    ],
  },
  { path: path('plain'), fields: [{ name: 'x', type: 'STRING' }] },
  { path: path('names'), fields: [{ name: 'name', type: 'STRING' }], viewSql: 'SELECT name FROM people' },
]);

const show = ({ columns, isComplete }: Lineage): string => {
  const sources = (list: readonly { readonly source: { readonly table: { tableId: string }; readonly path: readonly string[] } }[]) =>
    [...new Set(list.map(({ source }) => `${source.table.tableId}.${source.path.join('.')}`))].sort().join(', ');
  const texts = columns.map(({ name, values, control }) => `${name} = ${sources(values)} ~ ${sources(control)}`.trim());
  return isComplete ? texts.join('; ') : `incomplete: ${texts.join('; ')}`;
};

/** The lineage of the script's last statement. */
function last(sql: string): string {
  const traced = traceScript(sql, { catalog, defaults });
  if (!traced.ok) return traced.error;
  const lineage = traced.value.at(-1)?.lineage;
  return lineage?.ok ? show(lineage.value) : (lineage?.error ?? 'nothing');
}

const SECRET = '(SELECT MAX(secret) FROM people)';

describe('variables', () => {
  it.each([
    [`DECLARE x STRING DEFAULT ${SECRET}; SELECT x`, 'x = people.secret ~'],
    [`DECLARE x STRING; SET x = ${SECRET}; SELECT CONCAT(x, "!") AS y`, 'y = people.secret ~'],
    [`DECLARE x STRING; SET x = ${SECRET}; SET x = "plain"; SELECT x`, 'x =  ~'],
    [`DECLARE a, b STRING; SET (a, b) = (SELECT AS STRUCT name, secret FROM people LIMIT 1); SELECT a`, 'a = people.name ~'],
    [`DECLARE x STRING; IF ${SECRET} = "a" THEN SET x = "1"; ELSE SET x = "2"; END IF; SELECT x`, 'x =  ~ people.secret'],
    [`DECLARE x STRING; CASE ${SECRET} WHEN "a" THEN SET x = "1"; END CASE; SELECT x`, 'x =  ~ people.secret'],
    [`DECLARE x STRING DEFAULT ${SECRET}; IF TRUE THEN SET x = "1"; END IF; SELECT x`, 'x = people.secret ~'],
    [`DECLARE x STRING DEFAULT ${SECRET}; SELECT name FROM people WHERE name = x`, 'name = people.name ~ people.name, people.secret'],
    [`DECLARE x STRING DEFAULT "a"; BEGIN DECLARE y STRING DEFAULT ${SECRET}; SET x = y; END; SELECT x`, 'x = people.secret ~'],
  ])('%s', (sql, expected) => expect(last(sql)).toBe(expected));
});

describe('loops and ends', () => {
  it.each([
    [
      `DECLARE a, b, c STRING DEFAULT ""; WHILE a = "" DO SET a = b; SET b = c; SET c = ${SECRET}; END WHILE; SELECT a`,
      'a = people.secret ~ people.secret',
    ],
    [
      `DECLARE a STRING; LOOP BEGIN DECLARE b, c STRING DEFAULT ""; LOOP SET a = b; SET b = c; SET c = ${SECRET}; BREAK; END LOOP; END; END LOOP; SELECT a`,
      'a = people.secret ~',
    ],
    [`DECLARE n INT64 DEFAULT 0; REPEAT SET n = n + 1; UNTIL n > LENGTH(${SECRET}) END REPEAT; SELECT n`, 'n =  ~ people.secret'],
    [
      `DECLARE n INT64 DEFAULT 0; FOR r IN (SELECT id FROM people WHERE secret = "x") DO SET n = n + 1; END FOR; SELECT n`,
      'n =  ~ people.secret',
    ],
    [`DECLARE s STRING; FOR r IN (SELECT name, secret FROM people) DO SET s = r.secret; END FOR; SELECT s`, 's = people.secret ~'],
    [`IF ${SECRET} = "a" THEN RETURN; END IF; SELECT 1 AS one`, 'one =  ~ people.secret'],
    [`ASSERT ${SECRET} = "a"; SELECT 1 AS one`, 'one =  ~ people.secret'],
    [`BEGIN SELECT 1 / LENGTH(${SECRET}); EXCEPTION WHEN ERROR THEN SELECT 1 AS one; END`, 'one =  ~ people.secret'],
    [`IF ${SECRET} = "a" THEN SELECT 1 AS one; END IF`, 'one =  ~ people.secret'],
  ])('%s', (sql, expected) => expect(last(sql)).toBe(expected));

  it('costs no more for loops within loops', () => {
    const depth = 40;
    const sql = `DECLARE a, b STRING; ${'LOOP '.repeat(depth)}SET a = b; SET b = ${SECRET}; ${'END LOOP; '.repeat(depth)}SELECT a`;
    expect(last(sql)).toBe('a = people.secret ~');
  });
});

describe('tables', () => {
  it.each([
    ['CREATE TEMP TABLE t AS SELECT secret AS s FROM people WHERE id > 1; SELECT s FROM t', 's = people.secret ~ people.id'],
    ['CREATE TABLE d.t (s STRING); INSERT INTO d.t SELECT secret FROM people; SELECT s FROM d.t', 's = people.secret ~'],
    ['INSERT INTO plain SELECT secret FROM people; SELECT x FROM plain', 'x = people.secret, plain.x ~'],
    ['UPDATE plain SET x = (SELECT MAX(name) FROM people) WHERE x = "a"; SELECT x FROM plain', 'x = people.name, plain.x ~ plain.x'],
    ['CREATE OR REPLACE TABLE plain AS SELECT secret AS x FROM people; SELECT x FROM plain', 'x = people.secret ~'],
    ['CREATE TABLE IF NOT EXISTS plain AS SELECT secret AS x FROM people; SELECT x FROM plain', 'x = people.secret, plain.x ~'],
    ['DELETE FROM plain WHERE x IN (SELECT secret FROM people); SELECT COUNT(*) AS n FROM plain', 'n =  ~ people.secret, plain.x'],
    ['CREATE VIEW d.v AS SELECT secret FROM people; SELECT secret FROM d.v', 'secret = people.secret, v.secret ~'],
    ['CREATE TEMP TABLE people AS SELECT "a" AS name; SELECT name FROM names', 'name = names.name, people.name ~'],
    ['CREATE TEMP TABLE people AS SELECT "a" AS secret; SELECT secret FROM people', 'secret =  ~'],
    ['CREATE TEMP TABLE people AS SELECT "a" AS secret; SELECT secret FROM d.people', 'secret = people.secret ~'],
    ['CREATE TEMP TABLE people AS SELECT "a" AS secret; DROP TABLE people; SELECT secret FROM people', 'secret = people.secret ~'],
  ])('%s', (sql, expected) => expect(last(sql)).toBe(expected));
});

describe('functions', () => {
  it.each([
    ['CREATE TEMP FUNCTION f(a STRING, b STRING) AS (UPPER(b)); SELECT f(name, secret) AS v FROM people', 'v = people.secret ~'],
    ['CREATE TEMP FUNCTION f(a ANY TYPE) AS (CONCAT(a, (SELECT MAX(secret) FROM people))); SELECT f("x") AS v', 'v = people.secret ~'],
    ['CREATE TEMP FUNCTION f(a STRING) RETURNS STRING LANGUAGE js AS "return a"; SELECT f(secret) AS v FROM people', 'v = people.secret ~'],
    [
      'CREATE TABLE FUNCTION d.f(a INT64) AS SELECT secret FROM people WHERE id = a; SELECT secret FROM d.f(1)',
      'secret = people.secret ~ people.id',
    ],
  ])('%s', (sql, expected) => expect(last(sql)).toBe(expected));
});

describe('what cannot be seen', () => {
  it.each([
    ['DECLARE x STRING DEFAULT "a"; EXECUTE IMMEDIATE "SELECT 1" INTO x; SELECT x', 'incomplete: x =  ~'],
    ['CREATE TEMP TABLE t AS SELECT 1 AS x; EXECUTE IMMEDIATE CONCAT("DROP ", "TABLE t"); SELECT x FROM t', 'incomplete: x = t.x ~'],
    ['CALL d.p(); SELECT x FROM plain', 'incomplete: x = plain.x ~'],
    ['ALTER TABLE d.other RENAME TO plain; SELECT x FROM plain', 'incomplete: x = plain.x ~'],
    [
      'IF RAND() > 0.5 THEN CREATE TEMP TABLE people AS SELECT "a" AS name; END IF; SELECT name FROM people',
      'incomplete: name = people.name ~',
    ],
    ['SELECT * FROM nowhere', /nowhere/],
    ['SELECT (', /Syntax error/],
  ])('%s', (sql, expected) => expect(last(sql)).toMatch(expected));
});
