import { describe, expect, it } from 'vitest';
import type { CatalogRoutine } from '../analyze/catalog.ts';
import { findMasked, type MaskedColumn } from './find-masked.ts';
import { createSchemaCatalog } from './schema-catalog.ts';
import { traceSql } from './trace-sql.ts';

const path = (tableId: string) => ({ projectId: 'acme', datasetId: 'crm', tableId });
const home = { projectId: 'acme', datasetId: 'crm' };
const echo: CatalogRoutine = { kind: 'sql', name: 'echo', parameters: [{ name: 'x' }], body: 'x', defaults: home };
const people = [
  { name: 'id', type: 'INTEGER' },
  { name: 'email', type: 'STRING' },
  {
    name: 'home',
    type: 'RECORD',
    fields: [
      { name: 'street', type: 'STRING' },
      { name: 'city', type: 'STRING' },
    ],
  },
  {
    name: 'phones',
    type: 'RECORD',
    mode: 'REPEATED',
    fields: [
      { name: 'kind', type: 'STRING' },
      { name: 'number', type: 'STRING' },
    ],
  },
];
const catalog = createSchemaCatalog(
  [
    { path: path('people'), fields: people },
    {
      path: path('visits_*'),
      fields: [
        { name: 'email', type: 'STRING' },
        { name: 'n', type: 'INTEGER' },
      ],
    },
    { path: path('visits_2020'), fields: [{ name: 'email', type: 'STRING' }] },
    {
      path: path('contact'),
      fields: [
        { name: 'id', type: 'INTEGER' },
        { name: 'address', type: 'STRING' },
      ],
      viewSql: 'SELECT id, email FROM people',
    },
    {
      path: path('digests'),
      fields: [
        { name: 'id', type: 'INTEGER' },
        { name: 'digest', type: 'STRING' },
      ],
      viewSql: 'SELECT id, TO_HEX(MD5(email)) FROM people',
    },
    { path: path('target'), fields: [{ name: 'text', type: 'STRING' }] },
  ],
  [{ path: path('echo'), routine: echo }],
);

const rule = (tableId: string, ...names: string[]): MaskedColumn => ({ table: path(tableId), path: names });
const rules = [rule('people', 'email'), rule('people', 'home', 'street'), rule('people', 'phones', 'number')];

/** `column.place.field`, separated by spaces, where a statement may pass; its uses where it is refused. */
function judge(sql: string, masked: readonly MaskedColumn[] = rules): string {
  const lineage = traceSql(sql, { catalog, defaults: home });
  if (!lineage.ok) return `no lineage: ${lineage.error}`;
  const { places, uses } = findMasked(lineage.value, masked);
  if (uses.length > 0) return `refused: ${[...new Set(uses.map(({ use }) => use))].sort().join(' ')}`;
  return places
    .map(({ column, at, fields }) => [column, ...at, ...fields].join('.'))
    .sort()
    .join(' ');
}

describe('masked columns that are only shown', () => {
  it.each([
    ['SELECT id, email AS e, home FROM people', '1 2.street'],
    ['SELECT * EXCEPT (email) FROM people', '1.street 2.number'],
    ['SELECT * REPLACE ("x" AS email) FROM people', '2.street 3.number'],
    ['SELECT p FROM people AS p', '0.1 0.2.street 0.3.number'],
    ['SELECT home.street, home.city FROM people', '0'],
    ['SELECT [STRUCT(email AS e, id AS i)] AS a FROM people', '0.[].0'],
    ['SELECT STRUCT(email AS e, id AS i).i FROM people', ''],
    ['SELECT phones[OFFSET(0)].number AS n, phones[OFFSET(0)].kind AS k FROM people', '0'],
    ['SELECT ARRAY(SELECT number FROM p.phones) AS a FROM people AS p', '0.[]'],
    ['SELECT e FROM UNNEST(ARRAY(SELECT email FROM people)) AS e', '0'],
    ['SELECT kind FROM people, UNNEST(phones)', ''],
    ['WITH a AS (SELECT email AS x FROM people), b AS (SELECT x AS y FROM a) SELECT y FROM b', '0'],
    ['SELECT email FROM people UNION ALL BY NAME SELECT "a" AS email', '0'],
    ['SELECT (SELECT email FROM people LIMIT 1) AS e', '0'],
    ['SELECT echo(email) AS e FROM people', '0'],
    ['FROM people |> EXTEND email AS again |> SELECT id, again', '1'],
    ['SELECT address FROM contact', '0'],
    ['SELECT id FROM digests', ''],
  ])('%s', (sql, places) => expect(judge(sql)).toBe(places));
});

describe('masked columns that decide, or show otherwise', () => {
  it.each([
    ['SELECT digest FROM digests', 'refused: computed'],
    ['SELECT id FROM contact WHERE address = "a"', 'refused: filter'],
    ['SELECT IF(email = "a", 1, 0) FROM people', 'refused: condition'],
    ['SELECT ["a", "b"][OFFSET(LENGTH(email))] FROM people', 'refused: condition'],
    ['SELECT IF(id > 1, email, "x") FROM people', 'refused: computed'],
    ['SELECT TO_JSON_STRING(p) FROM people AS p', 'refused: computed'],
    ['SELECT FORMAT("%t", home) FROM people', 'refused: computed'],
    ['SELECT ARRAY_LENGTH(phones) FROM people', 'refused: computed'],
    ['SELECT ANY_VALUE(email) FROM people', 'refused: aggregated'],
    ['SELECT APPROX_TOP_COUNT(email, 5) FROM people', 'refused: aggregated'],
    ['SELECT id, RANK() OVER (ORDER BY email) FROM people', 'refused: window'],
    ['SELECT id FROM people WHERE TRUE QUALIFY RANK() OVER (PARTITION BY home.street ORDER BY id) = 1', 'refused: window'],
    ['SELECT a.id FROM people AS a JOIN people AS b ON a.home = b.home', 'refused: join'],
    ['SELECT id FROM people, UNNEST(phones) AS f WHERE f.number = "1"', 'refused: filter'],
    ['SELECT * FROM (SELECT id, email FROM people) PIVOT(COUNT(id) FOR email IN ("a"))', 'refused: filter'],
    ['SELECT e FROM people UNPIVOT(e FOR n IN (email))', 'refused: filter'],
    ['SELECT email FROM people EXCEPT DISTINCT SELECT "a"', 'refused: distinct'],
    ['SELECT id FROM (SELECT id, 1 / LENGTH(email) AS x FROM people)', 'refused: evaluated'],
    ['SELECT EXISTS(SELECT 1 FROM people WHERE email = "a")', 'refused: filter'],
    ['SELECT COUNT(*) FROM people HAVING MAX(email) > "a"', 'refused: filter'],
    ['SELECT 1 FROM people GROUP BY ROLLUP (email)', 'refused: group'],
  ])('%s', (sql, verdict) => expect(judge(sql)).toBe(verdict));

  it.each([
    'INSERT INTO target SELECT email FROM people',
    'CREATE TABLE crm.copied AS SELECT home FROM people',
    'CREATE VIEW crm.seen AS SELECT email FROM people',
    'UPDATE target SET text = (SELECT email FROM people LIMIT 1) WHERE TRUE',
    'MERGE target USING people ON FALSE WHEN NOT MATCHED THEN INSERT (text) VALUES (email)',
  ])('%s', (sql) => expect(judge(sql)).toBe('refused: written'));

  it('tells of DML without columns too', () => {
    expect(judge('DELETE FROM target WHERE text IN (SELECT email FROM people)')).toBe('refused: filter');
  });
});

describe('what a rule may name', () => {
  it('is a view’s column, though the view shows that of a table', () => {
    const onView = [rule('contact', 'address')];
    expect(judge('SELECT address FROM contact', onView)).toBe('0');
    expect(judge('SELECT UPPER(a) FROM (SELECT address AS a FROM contact)', onView)).toBe('refused: computed');
    expect(judge('SELECT email FROM people', onView)).toBe('');
  });

  it('is one place, where both the view and its table are named', () => {
    expect(judge('SELECT address FROM contact', [rule('contact', 'address'), rule('people', 'email')])).toBe('0 0');
  });

  it.each([
    ['SELECT email FROM `visits_*`', 'visits_2020', '0'],
    ['SELECT email FROM visits_2020', 'visits_*', '0'],
    ['SELECT email FROM `visits_*`', 'visits_*', '0'],
    ['SELECT email FROM `visits_*`', 'visits_20*', '0'],
    ['SELECT email FROM visits_2020', 'visits_2021', ''],
    ['SELECT n FROM `visits_*` WHERE email = "a"', 'visits_2021', 'refused: filter'],
  ])('%s with a rule on %s', (sql, tableId, verdict) => expect(judge(sql, [rule(tableId, 'email')])).toBe(verdict));

  it('is a whole record, and then each of its fields', () => {
    expect(judge('SELECT home.city FROM people', [rule('people', 'home')])).toBe('0');
    expect(judge('SELECT id FROM people WHERE home.city = "a"', [rule('people', 'HOME')])).toBe('refused: filter');
  });
});

it('refuses everything where the lineage is incomplete', () => {
  const lineage = { target: undefined, columns: [], control: [], evaluated: [], isComplete: false };
  expect(findMasked(lineage, rules).uses.map(({ use }) => use)).toEqual(['unknown', 'unknown', 'unknown']);
});
