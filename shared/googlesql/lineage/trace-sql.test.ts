import { describe, expect, it } from 'vitest';
import { findMasked } from './find-masked.ts';
import { createSchemaCatalog } from './schema-catalog.ts';
import { traceSql } from './trace-sql.ts';

const path = (tableId: string) => ({ projectId: 'acme', datasetId: 'crm', tableId });
const catalog = createSchemaCatalog([
  {
    path: path('people'),
    fields: [
      { name: 'id', type: 'INTEGER' },
      { name: 'email', type: 'STRING' },
      { name: 'phones', type: 'RECORD', mode: 'REPEATED', fields: [{ name: 'number', type: 'STRING' }] },
    ],
  },
  { path: path('contacts'), fields: [{ name: 'contact', type: 'STRING' }], viewSql: 'SELECT email FROM people WHERE id > 0' },
]);
const masked = [
  { table: path('people'), path: ['email'] },
  { table: path('people'), path: ['phones', 'number'] },
];
const trace = (sql: string) => traceSql(sql, { catalog, defaults: { projectId: 'acme', datasetId: 'crm' } });
const judge = (sql: string) => {
  const lineage = trace(sql);
  if (!lineage.ok) return lineage.error;
  const { places, uses } = findMasked(lineage.value, masked);
  return uses.length > 0 ? uses.map(({ use }) => use).join() : places.map(({ column, at, fields }) => [column, ...at, ...fields].join('.'));
};

describe('what a masking policy sees', () => {
  it.each([
    ['SELECT id FROM people', []],
    ['SELECT * FROM people', ['1', '2.number']],
    ['SELECT contact FROM acme.crm.contacts', ['0']],
    ['SELECT p.number, id FROM `acme.crm.people`, UNNEST(phones) AS p', ['0']],
    ['SELECT AS STRUCT id, email FROM people', ['1']],
    ['SELECT STRUCT(email AS e, [email]) AS s FROM people', ['0.0', '0.1.[]']],
    ['SELECT email FROM people UNION ALL SELECT "x"', ['0']],
    ['SELECT COUNT(*) FROM people, UNNEST(phones)', []],
  ])('%s may pass, masked at %j', (sql, places) => expect(judge(sql)).toEqual(places));

  it.each([
    ['SELECT id FROM people WHERE email = "a"', 'filter'],
    ['SELECT id FROM people ORDER BY email', 'order'],
    ['SELECT COUNT(*) FROM people GROUP BY email', 'group'],
    ['SELECT DISTINCT email FROM people', 'distinct'],
    ['SELECT UPPER(email) FROM people', 'computed'],
    ['SELECT MIN(email) FROM people', 'aggregated'],
    ['SELECT a.id FROM people a JOIN people b USING (email)', 'join,join'],
    ['CREATE TABLE crm.copy AS SELECT email FROM people', 'written'],
    ['INSERT INTO people (email) SELECT email FROM people', 'written'],
  ])('%s is refused: %s', (sql, use) => expect(new Set(String(judge(sql)).split(','))).toEqual(new Set(use.split(','))));

  it.each([
    ['SELECT * FROM unknown_table', /unknown_table/],
    ['SELECT 1; SELECT 2', /several statements/],
    ['EXPORT DATA OPTIONS (uri = "gs://x") AS SELECT 1', /EXPORT_DATA has no lineage/],
    ['SELECT my_routine(email) FROM people', /Function not found/],
    ['SELEC', /Syntax error/],
  ])('%s has none', (sql, why) => expect(judge(sql)).toMatch(why));
});
