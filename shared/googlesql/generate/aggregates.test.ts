import { beforeAll, describe, expect, it } from 'vitest';
import { aCatalog, answer, openTestDuck } from './an-answer.ts';

let connection: Awaited<ReturnType<typeof openTestDuck>>;
beforeAll(async () => {
  connection = await openTestDuck();
});
const rows = (sql: string) => answer(connection, sql, { catalog: aCatalog({}) });

describe('aggregates', () => {
  it.each([
    [
      'add up floats without overflowing on the way',
      'SELECT SUM(x), AVG(x) FROM UNNEST([1.7e308, 1.7e308, -1.7e308]) x',
      [1.7e308, 5.666666666666667e307],
    ],
    [
      'add up decimals beyond 38 digits on the way',
      `SELECT CAST(SUM(x) AS STRING) FROM UNNEST([NUMERIC '99999999999999999999999999999', NUMERIC '99999999999999999999999999999', NUMERIC '-99999999999999999999999999999', -1]) x`,
      ['99999999999999999999999999998'],
    ],
    ['compute statistics of huge floats', 'SELECT STDDEV_POP(x), CORR(x, -x) FROM UNNEST([1e200, 3e200]) x', [1e200, -1]],
    ['compute statistics of decimals exactly', `SELECT VAR_SAMP(x) FROM UNNEST([BIGNUMERIC '1e-17', 2e-17, 3e-17]) x`, [1e-34]],
    [
      'find percentiles among infinities and NULLs',
      `SELECT PERCENTILE_CONT(x, 0.5), PERCENTILE_DISC(x, 0.5), PERCENTILE_CONT(x, 0.2 RESPECT NULLS) FROM UNNEST([NULL, 1.0, CAST('inf' AS FLOAT64)]) x`,
      ['Infinity', 1, 1],
    ],
    [
      'take the exact share for PERCENTILE_DISC',
      `SELECT PERCENTILE_DISC(x, 0.4), PERCENTILE_DISC(x, NUMERIC '0.4') FROM UNNEST([1,2,3,4,5,6,7,8,9,10]) x`,
      ['5', '4'],
    ],
    [
      'take only the rows of the extreme with HAVING',
      'SELECT SUM(x HAVING MAX y), COUNT(* HAVING MIN y) FROM UNNEST([STRUCT(1 AS x, 1 AS y), (2, 2), (3, 2), (4, NULL)])',
      ['5', '1'],
    ],
    [
      'order arrays element by element, NULL before NaN',
      `SELECT MIN(a), MAX(a) FROM UNNEST([STRUCT([1, CAST('nan' AS FLOAT64)] AS a), STRUCT([1, NULL, 9.0]), STRUCT([1.0])]) t`,
      [[1], [1, 'NaN']],
    ],
    ['fail only in the branch that is taken', 'SELECT IF(SUM(a) > 0, SUM(a), SUM(a / 0)) FROM UNNEST([1, 2]) a', [3]],
    ['compute a subquery of a branch only there', 'SELECT IF(x > 1, (SELECT 1 / (y - 1) FROM UNNEST([1]) y), 0) FROM UNNEST([1]) x', [0]],
  ])('%s', async (_title, sql, expected) => {
    expect((await rows(sql))[0]).toEqual(expected);
  });

  it.each([
    ['SELECT SUM(x) FROM UNNEST([1.7e308, 1.7e308]) x', 'double overflow'],
    [`SELECT SUM(x) FROM UNNEST([BIGNUMERIC '5e38', 5e38]) x`, 'BIGNUMERIC overflow: SUM'],
    ['SELECT IF(SUM(a) < 0, SUM(a), SUM(a / 0)) FROM UNNEST([1, 2]) a', 'division by zero: 1 / 0'],
    ['SELECT APPROX_TOP_SUM(x, x, 1) FROM UNNEST([-0.5]) x', 'does not support negative or NaN weights'],
    ['SELECT HLL_COUNT.MERGE(x) FROM UNNEST([b"x"]) x', 'Invalid or incompatible sketch in HLL_COUNT.MERGE'],
  ])('%s is an error', async (sql, message) => {
    await expect(rows(sql)).rejects.toThrow(message);
  });
});

describe('RANGE frames', () => {
  const sums = async (values: string, window: string) =>
    (await rows(`SELECT COUNT(*) OVER (ORDER BY x ${window}) FROM UNNEST([${values}]) x WITH OFFSET o ORDER BY o`)).map(([count]) =>
      Number(count),
    );

  it.each([
    [
      'integers at the end of their range',
      '-9223372036854775808, 0, 9223372036854775807',
      'RANGE BETWEEN 9223372036854775807 PRECEDING AND 1 FOLLOWING',
      [1, 1, 2],
    ],
    [
      'NaN below every number',
      `CAST('nan' AS FLOAT64), CAST('-inf' AS FLOAT64), 1.0, CAST('inf' AS FLOAT64)`,
      'RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING',
      [1, 2, 2, 4],
    ],
    [
      'decimals',
      `NUMERIC '99999999999999999999999999999', -1, 0.5`,
      `RANGE BETWEEN 2 PRECEDING AND NUMERIC '99999999999999999999999999999' FOLLOWING`,
      [1, 2, 3],
    ],
    ['76 digits', `BIGNUMERIC '5e38', 1, 1, 0`, 'DESC RANGE BETWEEN 1 PRECEDING AND CURRENT ROW', [1, 2, 2, 3]],
    ['frames that end before they start', '1, 2, 3', 'RANGE BETWEEN 1 PRECEDING AND 2 PRECEDING', [0, 0, 0]],
  ])('over %s', async (_title, values, window, expected) => {
    expect(await sums(values, window)).toEqual(expected);
  });
});

describe('joins and groups DuckDB has no words for', () => {
  it('joins on a condition with a subquery over both sides', async () => {
    const sql =
      'SELECT x, y FROM UNNEST([1, 2]) x LEFT JOIN UNNEST([1, 2]) y ON EXISTS (SELECT 1 FROM UNNEST([2]) z WHERE z = x AND z > y) ORDER BY x';
    expect(await rows(sql)).toEqual([
      ['1', null],
      ['2', '1'],
    ]);
  });

  it('groups by a key and by what is made of it', async () => {
    expect(await rows('SELECT a, a + 1, COUNT(*) FROM UNNEST([1]) a GROUP BY ROLLUP(a, a + 1) ORDER BY 1, 2')).toEqual([
      [null, null, '1'],
      ['1', '2', '1'],
      ['1', '2', '1'],
    ]);
  });
});
