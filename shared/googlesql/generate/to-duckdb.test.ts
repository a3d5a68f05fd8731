import { beforeAll, describe, expect, it } from 'vitest';
import { aCatalog, answer, openTestDuck } from './an-answer.ts';

let connection: Awaited<ReturnType<typeof openTestDuck>>;
const catalog = aCatalog({ sales: 'id INT64, region STRING, amount FLOAT64' });

beforeAll(async () => {
  connection = await openTestDuck();
  await connection.run(`CREATE TABLE sales (id BIGINT, region VARCHAR, amount DOUBLE)`);
  await connection.run(`INSERT INTO sales VALUES (1, 'north', 10), (2, 'north', 5), (3, 'south', 7), (4, NULL, 'nan')`);
});

const rows = (sql: string) => answer(connection, sql, { catalog });

describe('queries', () => {
  it.each([
    [
      'joins and grouping',
      'SELECT region, COUNT(*), SUM(amount) FROM sales WHERE id < 4 GROUP BY region ORDER BY 3 DESC',
      [
        ['north', '2', 15],
        ['south', '1', 7],
      ],
    ],
    [
      'NULL comes first, NaN next',
      'SELECT amount FROM (SELECT amount FROM sales UNION ALL SELECT NULL) ORDER BY amount',
      [[null], ['NaN'], [5], [7], [10]],
    ],
    [
      'NaN is equal to nothing and less than nothing',
      'SELECT id FROM sales WHERE amount > 6 OR amount = amount ORDER BY id',
      [['1'], ['2'], ['3']],
    ],
    [
      'windows and QUALIFY',
      'SELECT id FROM sales QUALIFY ROW_NUMBER() OVER (PARTITION BY region ORDER BY id DESC) = 1 ORDER BY id',
      [['2'], ['3'], ['4']],
    ],
    [
      'common table expressions, recursive ones too',
      'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r ORDER BY n',
      [['1'], ['2'], ['3']],
    ],
    [
      'arrays unnested with offsets',
      'SELECT x, o FROM UNNEST(["a", "b"]) AS x WITH OFFSET AS o ORDER BY o DESC',
      [
        ['b', '1'],
        ['a', '0'],
      ],
    ],
    [
      'outer unnesting keeps the row',
      'SELECT t.n, x FROM (SELECT 1 AS n, CAST([] AS ARRAY<INT64>) AS a) t LEFT JOIN UNNEST(t.a) AS x',
      [['1', null]],
    ],
    [
      'outer unnesting with a condition',
      'SELECT x FROM (SELECT [1, 2, 3] AS a) t LEFT JOIN UNNEST(t.a) AS x ON x > 1 ORDER BY x',
      [['2'], ['3']],
    ],
    [
      'correlated subqueries',
      'SELECT id, (SELECT MAX(s.amount) FROM sales s WHERE s.region = t.region) FROM sales t WHERE id = 2',
      [['2', 10]],
    ],
    ['array subqueries keep their order', 'SELECT ARRAY(SELECT x * 2 FROM UNNEST([3, 1, 2]) AS x)', [[['6', '2', '4']]]],
    ['an array subquery of nothing is empty', 'SELECT ARRAY_LENGTH(ARRAY(SELECT 1 FROM UNNEST([1]) WHERE FALSE))', [['0']]],
    [
      'EXISTS, IN and quantified comparison',
      'SELECT EXISTS(SELECT 1 FROM sales), 3 IN (SELECT id FROM sales), "ab" LIKE ANY ("x%", "a%")',
      [[true, true, true]],
    ],
    ['NULL in IN is unknown', 'SELECT 5 IN (1, NULL), 5 IN UNNEST([5, NULL])', [[null, true]]],
    [
      'set operations by name',
      'SELECT 1 AS a, 2 AS b UNION ALL BY NAME SELECT 3 AS b, 4 AS a',
      [
        ['1', '2'],
        ['4', '3'],
      ],
    ],
    [
      'grouping sets',
      'SELECT region, SUM(id) FROM sales WHERE id < 4 GROUP BY ROLLUP(region) ORDER BY 1',
      [
        [null, '6'],
        ['north', '3'],
        ['south', '3'],
      ],
    ],
    ['PIVOT', 'SELECT * FROM (SELECT region, id FROM sales) PIVOT(SUM(id) FOR region IN ("north", "south" AS s))', [['3', '3']]],
    [
      'UNPIVOT',
      'SELECT * FROM (SELECT 1 AS a, 2 AS b) UNPIVOT(v FOR k IN (a, b)) ORDER BY k',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'pipes',
      'FROM sales |> WHERE id < 4 |> AGGREGATE COUNT(*) AS n GROUP BY region |> ORDER BY n DESC |> SELECT region',
      [['north'], ['south']],
    ],
    ['counting what nobody reads', 'SELECT COUNT(*) FROM UNNEST([1, 2, 3])', [['3']]],
    ['LIMIT and OFFSET', 'SELECT id FROM sales ORDER BY id LIMIT 2 OFFSET 1', [['2'], ['3']]],
  ])('%s', async (_title, sql, expected) => {
    expect(await rows(sql)).toEqual(expected);
  });
});

describe('values', () => {
  it.each([
    ['SELECT 7 / 2, DIV(7, 2), MOD(-7, 2)', [3.5, '3', '-1']],
    ['SELECT NUMERIC "0.1" + NUMERIC "0.2", NUMERIC "1.5" * NUMERIC "1.5", NUMERIC "1" / 3', ['0.300000000', '2.250000000', '0.333333333']],
    ['SELECT CAST(BIGNUMERIC "1.00000000000000000000000000000000000001" * 2 AS STRING)', ['2.00000000000000000000000000000000000002']],
    ['SELECT CAST(1.5 AS STRING), CAST(1e20 AS STRING), CAST(2.5 AS INT64)', ['1.5', '1e+20', '3']],
    ['SELECT SUBSTR("naïve", -3, 2), LENGTH("naïve"), BYTE_LENGTH("naïve")', ['ïv', '5', '6']],
    [
      'SELECT REGEXP_EXTRACT("a1b22", r"[0-9]+$"), REGEXP_REPLACE("abc", "b", r"[\\0]"), REGEXP_CONTAINS("abc", "^b")',
      ['22', 'a[b]c', false],
    ],
    ['SELECT DATE_ADD(DATE "2024-01-31", INTERVAL 1 MONTH), DATE_DIFF(DATE "2024-03-03", DATE "2024-02-28", WEEK)', ['2024-02-29', '1']],
    ['SELECT FORMAT_DATE("%a %d %b %Y", DATE "2024-02-29"), PARSE_DATE("%Y%m%d", "20240229")', ['Thu 29 Feb 2024', '2024-02-29']],
    ['SELECT EXTRACT(HOUR FROM TIMESTAMP "2024-07-01 12:00:00+00" AT TIME ZONE "America/New_York")', ['8']],
    ['SELECT TIMESTAMP_TRUNC(TIMESTAMP "2024-07-01 03:00:00+00", DAY, "America/New_York")', ['2024-06-30 04:00:00+00']],
    ['SELECT STRING(TIMESTAMP "2024-07-01 03:00:00+00", "+05:30")', ['2024-07-01 08:30:00+05:30']],
    ["SELECT JSON_VALUE('{\"a\":{\"b\":\"x\"}}', '$.a.b'), JSON_VALUE('{\"a\":[1]}', '$.a'), JSON_VALUE('nope', '$.a')", ['x', null, null]],
    ['SELECT TO_JSON_STRING(STRUCT(1 AS b, [TRUE, NULL] AS a))', ['{"b":1,"a":[true,null]}']],
    ['SELECT FORMAT("%05d|%.2f|%s|%T", 42, 3.14159, "x", ["a"])', ['00042|3.14|x|["a"]']],
    ['SELECT SAFE_CAST("x" AS INT64), SAFE.SUBSTR("abc", 1, -1), IFERROR(1 / 0, -1)', [null, null, -1]],
    ['SELECT [1, 2, 3][OFFSET(1)], [1][SAFE_OFFSET(5)], STRUCT(1 AS a, 2 AS b).b', ['2', null, '2']],
    ['SELECT STRUCT(1 AS a, CAST(NULL AS INT64) AS b) = STRUCT(1 AS a, 2 AS b)', [null]],
    [
      'SELECT APPROX_QUANTILES(x, 2), STRING_AGG(CAST(x AS STRING), "-" ORDER BY x DESC) FROM UNNEST([3, 1, 2]) AS x',
      [['1', '2', '3'], '3-2-1'],
    ],
    ['SELECT FARM_FINGERPRINT("1footrue"), TO_HEX(MD5("a"))', ['-1541654101129638711', '0cc175b9c0f1b6a831c399e269772661']],
    [
      'SELECT NET.IP_TO_STRING(NET.IP_FROM_STRING("2001:db8::1")), NET.HOST("https://user@www.example.com:80/x")',
      ['2001:db8::1', 'www.example.com'],
    ],
    ['SELECT SEARCH("foo bar-baz", "baz FOO"), SEARCH(JSON \'{"a":"hello"}\', "hell"), TEXT_ANALYZE("Ab cd")', [true, false, ['ab', 'cd']]],
    ['SELECT KLL_QUANTILES.EXTRACT_INT64(KLL_QUANTILES.INIT_INT64(x), 2) FROM UNNEST([3, 1, 2]) AS x', [['1', '2', '3']]],
    ['SELECT RANGE_CONTAINS(RANGE<DATE> "[2024-01-01, UNBOUNDED)", DATE "2030-01-01")', [true]],
    ['SELECT CAST(INTERVAL "1-2 3 4:5:6.5" YEAR TO SECOND AS STRING)', ['1-2 3 4:5:6.500']],
    [
      'SELECT CAST(DATE "2024-02-29" AS STRING FORMAT "DD Mon YYYY"), CAST("29/02/2024" AS DATE FORMAT "DD/MM/YYYY")',
      ['29 Feb 2024', '2024-02-29'],
    ],
  ])('%s', async (sql, expected) => {
    expect((await rows(sql))[0]).toEqual(expected);
  });

  it.each([
    ['SELECT 1 / 0', 'division by zero: 1 / 0'],
    ['SELECT 9223372036854775807 + 1', 'Overflow in addition of INT64'],
    ['SELECT [1][OFFSET(3)]', 'Array index out of bounds'],
    ['SELECT ERROR("why")', 'why'],
    ['SELECT CAST("1.5" AS INT64)', 'Bad int64 value: 1.5'],
    ['SELECT id FROM sales LIMIT CAST(NULL AS INT64)', 'Limit requires non-null count and offset'],
    ['SELECT DATE_ADD(DATE "9999-12-31", INTERVAL 1 DAY)', 'DATE value is out of allowed range'],
  ])('%s is an error', async (sql, message) => {
    await expect(rows(sql)).rejects.toThrow(message);
  });
});

describe('DML', () => {
  const people = aCatalog({ people: 'id INT64, name STRING' });
  const run = (sql: string) => answer(connection, sql, { catalog: people });

  it('inserts, updates, merges and deletes', async () => {
    await connection.run('CREATE OR REPLACE TABLE people (id BIGINT, name VARCHAR)');
    await run("INSERT INTO people (name, id) VALUES ('ann', 1), ('bob', 2)");
    await run('INSERT INTO people SELECT 3, "eve"');
    await run('UPDATE people p SET name = UPPER(p.name) WHERE p.id = 2');
    await run(
      "MERGE people t USING (SELECT 1 AS id, 'new' AS name UNION ALL SELECT 9, 'nine') s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT ROW",
    );
    await run('DELETE FROM people WHERE id = 3');
    expect(await run('SELECT id, name FROM people ORDER BY id')).toEqual([
      ['1', 'new'],
      ['2', 'BOB'],
      ['9', 'nine'],
    ]);
  });
});
