import { describe, expect, it } from 'vitest';
import { aCatalog, analyzed } from '../generate/an-answer.ts';

const catalog = aCatalog({ orders: 'id INT64, customer STRING, amount NUMERIC, rate FLOAT64, extra JSON' });
const refusal = (sql: string): string => {
  try {
    analyzed(sql, { catalog });
  } catch (error) {
    return (error as Error).message.replace(/ at \[\d+:\d+\]$/, '');
  }
  return 'accepted';
};

const over = (window: string): string => `SELECT SUM(id) OVER (${window}) FROM orders`;
const recursive = (term: string): string => `WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL ${term}) SELECT n FROM t`;

describe('what BigQuery refuses and so do we', () => {
  it.each([
    ['SELECT id + NULL FROM orders', 'Operands of + cannot be literal NULL'],
    ['SELECT customer NOT LIKE NULL FROM orders', 'Operands of NOT LIKE cannot be literal NULL'],
    ['SELECT COUNT(*)', 'Aggregate function COUNT not allowed in SELECT without FROM clause'],
    ['SELECT 1 ORDER BY 1', 'Query without FROM clause cannot have an ORDER BY clause'],
    ['SELECT id FROM orders HAVING TRUE', 'The HAVING clause requires GROUP BY or aggregation to be present'],
    ['SELECT id FROM orders QUALIFY id > 1', 'The QUALIFY clause requires analytic function to be present'],
    ['SELECT id FROM orders GROUP BY id, "x"', 'Cannot GROUP BY literal values'],
    ['SELECT id FROM orders ORDER BY "x"', 'Cannot ORDER BY literal values'],
    ['SELECT id, id FROM orders ORDER BY id', 'Column name id is ambiguous'],
    ['SELECT SUM(id) AS id FROM orders HAVING SUM(id) > 1', 'Aggregations of aggregations are not allowed'],
    ['SELECT extra FROM orders ORDER BY extra', 'ORDER BY does not support expressions of type JSON'],
    ['SELECT DISTINCT extra FROM orders', 'Column extra of type JSON cannot be used in SELECT DISTINCT'],
    ['SELECT extra = extra FROM orders', 'Equality is not defined for arguments of type JSON'],
    ['SELECT 1 FROM orders JOIN orders ON TRUE', 'Duplicate table alias orders in the same FROM clause'],
    ['FROM orders |> SELECT SUM(id)', 'Aggregate function SUM not allowed in pipe SELECT'],
  ])('%s', (sql, message) => {
    expect(refusal(sql)).toBe(message);
  });

  it.each([
    ['SELECT SUM(id ORDER BY id) FROM orders', 'Aggregate function SUM does not support ORDER BY in arguments'],
    ['SELECT COUNT(DISTINCT *) FROM orders', 'COUNT(*) cannot be used with DISTINCT'],
    ['SELECT CORR(DISTINCT rate, rate) FROM orders', 'DISTINCT is not allowed for function CORR'],
    ['SELECT STRING_AGG(customer, customer) FROM orders', 'Argument 2 to STRING_AGG must be a literal or query parameter'],
    ['SELECT STRING_AGG(customer, NULL) FROM orders', 'Argument 2 to STRING_AGG must be non-NULL'],
    ['SELECT APPROX_QUANTILES(id, 0) FROM orders', 'Argument 2 to APPROX_QUANTILES must be at least 1'],
    ['SELECT HLL_COUNT.INIT(id, 9) FROM orders', 'Argument 2 to HLL_COUNT.INIT must be between 10 and 24'],
    ['SELECT ARRAY_AGG([id]) FROM orders', 'The argument to ARRAY_AGG must not be an array type but was ARRAY<INT64>'],
    ['SELECT MAX(extra) FROM orders', 'MAX is not defined for arguments of type JSON'],
  ])('an aggregate: %s', (sql, message) => {
    expect(refusal(sql)).toBe(message);
  });

  it.each([
    [over('PARTITION BY rate'), 'Partitioning by expressions of type FLOAT64 is not allowed'],
    [over('ORDER BY STRUCT(id)'), 'Ordering by expressions of type STRUCT is not allowed'],
    [over('ORDER BY id ROWS BETWEEN -1 PRECEDING AND CURRENT ROW'), 'Window framing expression cannot evaluate to a negative value'],
    [over('ORDER BY id ROWS BETWEEN id PRECEDING AND CURRENT ROW'), 'Window framing expression must be a literal or parameter'],
    [
      over('ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING'),
      'Starting window framing expression cannot be CURRENT ROW when the ending window framing expression is OFFSET PRECEDING',
    ],
    [
      over('ORDER BY id, rate RANGE 1 PRECEDING'),
      'A RANGE-based window with OFFSET PRECEDING or OFFSET FOLLOWING boundaries must have exactly one ORDER BY key',
    ],
    ['SELECT RANK() OVER (ORDER BY id ROWS 1 PRECEDING) FROM orders', 'Window framing clause is not allowed for analytic function rank'],
    ['SELECT FIRST_VALUE(id) OVER () FROM orders', 'Window ORDER BY is required for analytic function first_value'],
    ['SELECT SUM(DISTINCT id) OVER (ORDER BY id) FROM orders', 'Window ORDER BY is not allowed if DISTINCT is specified'],
  ])('a window: %s', (sql, message) => {
    expect(refusal(sql)).toBe(message);
  });

  it.each([
    [
      recursive('SELECT MAX(n) FROM t'),
      'A subquery containing a recursive reference must not use DISTINCT, GROUP BY, or any aggregate function',
    ],
    [recursive('SELECT a.n FROM t a JOIN t b USING (n)'), "Multiple recursive references to table 't' are not allowed"],
    [recursive('SELECT (SELECT n FROM t) FROM orders'), 'A recursive reference from inside an expression subquery is not allowed'],
    [
      recursive('SELECT n FROM orders LEFT JOIN t ON TRUE'),
      'A query containing a recursive reference must not be used as the right operand of a LEFT JOIN',
    ],
    [recursive('SELECT n + 1 FROM t WHERE n < 3'), 'accepted'],
  ])('recursion: %s', (sql, message) => {
    expect(refusal(sql)).toBe(message);
  });
});
