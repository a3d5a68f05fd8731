import { expect, test } from 'vitest';
import { describeScript } from '../../shared/googlesql/describe-script.ts';
import { parseScript } from '../../shared/googlesql/parse-script.ts';
import type { Statement } from '../exchange.ts';
import { wishesOfStatement } from './wishes-of-statement.ts';

function wishes(sql: string, isScript = false): string[] {
  const parts = describeScript(parseScript(sql), { defaultProjectId: 'acme', defaultDataset: { datasetId: 'sales' } }).statements;
  const found = wishesOfStatement({ sql, parts, isScript, useLegacySql: false } as unknown as Statement, 'acme');
  if (found.refusal !== undefined) return [`refused: ${found.refusal}`];
  return found.wishes
    .map(
      ({ action, resource, tablePrefix }) =>
        `${action} ${resource.type} ${resource.id}${tablePrefix === undefined ? '' : ` ${tablePrefix}*`}`,
    )
    .sort();
}

test.each<[string, string[]]>([
  ['SELECT * FROM orders', ['read Table acme.sales.orders']],
  ['SELECT * FROM `acme`.`hr`.`t`, acme.hr.t', ['read Table acme.hr.t']],
  ['SELECT * FROM `acme.hr`.t -- acme.sales.x', ['read Table acme.hr.t']],
  ['SELECT * FROM `other-project.d.t`', ['read Table other-project.d.t']],
  ['SELECT * FROM `acme.sales.events_*`', ['read Dataset acme.sales events_*']],
  ['SELECT * FROM `acme.sales.orders$20260101`', ['decorator Project acme', 'read Table acme.sales.orders']],
  ['SELECT * FROM UNNEST([1, 2])', []],
  ['WITH orders AS (SELECT 1 AS x) SELECT * FROM orders', []],
  ['SELECT * FROM sales.INFORMATION_SCHEMA.COLUMNS', ['read Dataset acme.sales']],
  ['SELECT * FROM `region-us`.INFORMATION_SCHEMA.TABLES', ['read Project acme']],
  ['SELECT * FROM `region-us`.INFORMATION_SCHEMA.JOBS_BY_USER', ['admin Project acme']],
  ['SELECT * FROM `acme.region-eu.INFORMATION_SCHEMA.SESSIONS_BY_PROJECT`', ['admin Project acme']],
  ['INSERT INTO orders SELECT * FROM hr.t', ['read Table acme.hr.t', 'write Table acme.sales.orders']],
  [
    'CREATE TABLE other.d.t AS SELECT * FROM orders',
    ['createOrReplace Table other.d.t', 'crossProject Project acme', 'read Table acme.sales.orders'],
  ],
  ['CREATE VIEW v AS SELECT * FROM hr.t', ['createOrReplace Table acme.sales.v', 'read Table acme.hr.t']],
  ['DROP TABLE orders', ['drop Table acme.sales.orders']],
  ['DROP SCHEMA sales CASCADE', ['drop Dataset acme.sales']],
  ['CREATE SCHEMA fresh', ['createOrReplace Dataset acme.fresh']],
  ['TRUNCATE TABLE orders', ['write Table acme.sales.orders']],
  ['SELECT sales.f(1)', ['call Routine acme.sales.f']],
  ['CREATE FUNCTION sales.f(x INT64) AS (x + 1)', ['createOrReplace Routine acme.sales.f']],
  [
    "EXPORT DATA OPTIONS (uri = 'gs://b/*.csv', format = 'CSV') AS SELECT * FROM orders",
    ['export Project acme', 'read Table acme.sales.orders'],
  ],
  ["LOAD DATA INTO orders FROM FILES (format = 'CSV', uris = ['gs://b/x.csv'])", ['load Project acme', 'load Table acme.sales.orders']],
  [
    "CREATE EXTERNAL TABLE x OPTIONS (format = 'CSV', uris = ['gs://b/x.csv'])",
    ['createOrReplace Table acme.sales.x', 'externalTable Project acme'],
  ],
  ["SELECT * FROM EXTERNAL_QUERY('acme.us.pg', 'SELECT 1')", ['externalQuery Project acme']],
  ['REVOKE `roles/bigquery.dataViewer` ON TABLE orders FROM "user:a@b.c"', ['admin Project acme']],
  [
    'CREATE ROW ACCESS POLICY p ON orders GRANT TO ("user:a@b.c") FILTER USING (TRUE)',
    ['admin Project acme', 'createOrReplace Table acme.sales.orders'],
  ],
])('%s → %j', (sql, expected) => {
  expect(wishes(sql)).toEqual(expected);
});

test('a script asks for itself and for all its statements', () => {
  expect(wishes("BEGIN SELECT * FROM hr.t; EXECUTE IMMEDIATE 'SELECT 1'; END", true)).toEqual([
    'executeImmediate Project acme',
    'read Table acme.hr.t',
    'script Project acme',
  ]);
});
