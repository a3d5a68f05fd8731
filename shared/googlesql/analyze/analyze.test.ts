import { describe, expect, it } from 'vitest';
import { aCatalog, analyzed } from '../generate/an-answer.ts';
import { toDuckDB } from '../to-duckdb.ts';
import { typeText } from '../types/sql-type.ts';

const catalog = aCatalog({ orders: 'id INT64, customer STRING, amount NUMERIC, day DATE', customers: 'id INT64, name STRING' });

describe('what the analyzer refuses, in the words of BigQuery', () => {
  it.each([
    ['SELECT amont FROM orders', 'Unrecognized name: amont; Did you mean amount? at [1:8]'],
    ['SELECT nothing_like_it FROM orders', 'Unrecognized name: nothing_like_it at [1:8]'],
    ['SELECT id FROM orders, customers', 'Column name id is ambiguous at [1:8]'],
    [
      'SELECT customer, SUM(amount) FROM orders',
      'SELECT list expression references column customer which is neither grouped nor aggregated at [1:8]',
    ],
    ['SELECT id FROM orders WHERE SUM(amount) > 1', 'Aggregate function SUM not allowed in WHERE clause at [1:29]'],
    ['SELECT SUM(COUNT(*)) FROM orders', 'Aggregations of aggregations are not allowed at [1:12]'],
    ['SELECT RANK() OVER () FROM orders', 'Window ORDER BY is required for analytic function rank at [1:8]'],
    ['SELECT * EXCEPT (nope) FROM orders', 'Column nope in SELECT * EXCEPT list does not exist at [1:18]'],
    ['SELECT *', 'SELECT * must have a FROM clause at [1:8]'],
    ['SELECT UPPR(customer) FROM orders', 'Function not found: UPPR; Did you mean UPPER? at [1:8]'],
    ['SELECT 9223372036854775808', 'Invalid integer literal: 9223372036854775808 at [1:8]'],
    ["SELECT DATE '2020-02-30'", 'Could not cast literal "2020-02-30" to type DATE at [1:8]'],
    ['SELECT CAST(TRUE AS DATE)', 'Invalid cast from BOOL to DATE at [1:8]'],
    [
      'SELECT 1 UNION ALL SELECT 1, 2',
      'Queries in UNION ALL have mismatched column count; query 1 has 1 column, query 2 has 2 columns at [1:1]',
    ],
    ['SELECT 1 UNION ALL SELECT DATE "2020-01-01"', 'Column 1 in UNION ALL has incompatible types: INT64, DATE at [1:1]'],
    ['SELECT STRUCT(1 AS a).b', 'Field name b does not exist in STRUCT<a INT64> at [1:23]'],
    [
      'SELECT (SELECT 1, 2)',
      'Scalar subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values at [1:8]',
    ],
    ['SELECT id FROM orders WHERE amount', 'WHERE clause should return type BOOL, but returns NUMERIC at [1:29]'],
    [
      'SELECT DATE_ADD(day, INTERVAL 1 HOUR) FROM orders',
      'DATE_ADD does not support the HOUR date part when the argument is DATE type at [1:8]',
    ],
    ['SELECT DATE_TRUNC(day, MINUTE) FROM orders', 'DATE_TRUNC does not support the MINUTE date part at [1:8]'],
    ['SELECT @missing', "Query parameter 'missing' not found at [1:8]"],
    ['INSERT INTO customers (id) VALUES (1, 2)', 'Inserted row has wrong column count; Has 2, expected 1 at [1:35]'],
    [
      "INSERT INTO customers (id) VALUES ('x')",
      'Value has type STRING which cannot be inserted into column id, which has type INT64 at [1:36]',
    ],
  ])('%s', (sql, message) => {
    expect(() => analyzed(sql, { catalog })).toThrow(message);
  });

  it('lists the signatures a call could have meant', () => {
    expect(() => analyzed('SELECT SUBSTR(TRUE, 1)')).toThrow(
      /^No matching signature for function SUBSTR\n {2}Argument types: BOOL, INT64\n {2}Signature: /,
    );
    expect(() => analyzed('SELECT 1 = "a"')).toThrow(/^No matching signature for operator =\n {2}Argument types: INT64, STRING/);
  });

  it('names what is not offered instead of guessing', () => {
    expect(() => analyzed("SELECT COLLATE('a', 'und:ci')")).toThrow("COLLATE with 'und:ci' is not supported");
  });
});

describe('the types it finds', () => {
  const typesOf = (sql: string): string[] => toDuckDB(analyzed(sql, { catalog })).columns.map((c) => `${c.name} ${typeText(c.type)}`);

  it.each([
    ['SELECT 1, 1.5, "a", NULL', ['f0_ INT64', 'f1_ FLOAT64', 'f2_ STRING', 'f3_ INT64']],
    ['SELECT 1 + NUMERIC "1", 1 / 2, DATE "2020-01-01" + 1', ['f0_ NUMERIC', 'f1_ FLOAT64', 'f2_ DATE']],
    ['SELECT [1, 2.5] AS a, [NULL, DATE "2020-01-01"] AS b', ['a ARRAY<FLOAT64>', 'b ARRAY<DATE>']],
    ['SELECT STRUCT(1 AS a, "x") AS s, (1, TRUE) AS t', ['s STRUCT<a INT64, STRING>', 't STRUCT<INT64, BOOL>']],
    ['SELECT SUM(amount) AS total, COUNT(*) AS n, AVG(id) AS mean FROM orders', ['total NUMERIC', 'n INT64', 'mean FLOAT64']],
    ['SELECT IF(TRUE, NULL, amount) AS a, COALESCE(id, 1.5) AS b FROM orders', ['a NUMERIC', 'b FLOAT64']],
    ['SELECT a, b FROM UNNEST([STRUCT(1 AS a, NULL AS b), (NULL, "x")])', ['a INT64', 'b STRING']],
    ['SELECT * FROM orders JOIN customers USING (id)', ['id INT64', 'customer STRING', 'amount NUMERIC', 'day DATE', 'name STRING']],
    ['SELECT a, a FROM (SELECT 1 AS a)', ['a INT64', 'a_1 INT64']],
    ['SELECT AS STRUCT 1 AS a, "x" AS b', ['a INT64', 'b STRING']],
    [
      'FROM orders |> AGGREGATE SUM(amount) AS total GROUP BY day |> EXTEND total * 2 AS twice',
      ['day DATE', 'total NUMERIC', 'twice NUMERIC'],
    ],
  ])('%s', (sql, expected) => {
    expect(typesOf(sql)).toEqual(expected);
  });

  it('gives parameters their declared types and lets strings become dates', () => {
    const parameters = [
      { name: 'd', type: { kind: 'STRING' }, value: { value: '2020-05-01' } },
      { name: 'ids', type: { kind: 'ARRAY', element: { kind: 'INT64' } }, value: { arrayValues: [{ value: '1' }] } },
    ] as const;
    const statement = analyzed('SELECT id FROM orders WHERE day = @d AND id IN UNNEST(@ids)', { catalog, parameters });
    expect(statement.referencedTables.map((t) => t.path.tableId)).toEqual(['orders']);
  });
});
