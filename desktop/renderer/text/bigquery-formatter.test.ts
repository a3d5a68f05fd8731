import { expect, it } from 'vitest';
import { formatBigQuerySql } from './bigquery-formatter.ts';

const words = (sql: string) => sql.replaceAll(/\s+/g, '');

it.each([
  'SELECT * EXCEPT (ssn) FROM `acme.hr.people` WHERE _TABLE_SUFFIX BETWEEN "a" AND "b" QUALIFY ROW_NUMBER() OVER (PARTITION BY id) = 1',
  'MERGE t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = @a WHEN NOT MATCHED THEN INSERT ROW',
  'SELECT ARRAY(SELECT AS STRUCT x, y FROM UNNEST(items)) AS items, r"\\d+" # comment',
])('changes nothing but white space: %s', (sql) => expect(words(formatBigQuerySql(sql))).toBe(words(sql)));

it('throws on what it cannot read', () => expect(() => formatBigQuerySql("SELECT 'open")).toThrow());
