import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';
import { callFunction, readAll } from './a-function-call.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ javascript: { timeoutMs: 3000, memoryMb: 64 } });
});
afterAll(() => engine.close());

const call = (signature: string, body: string, expression?: string) => callFunction(engine, signature, body, expression);

describe('what a function is given', () => {
  const given = async (type: string, value: string, body = 'return typeof x + " " + JSON.stringify(x)') =>
    (await call(`(x ${type}) RETURNS STRING`, body, `f(${value})`))[0]![0];

  it.each([
    ['INT64', '9007199254740993', 'string "9007199254740993"'],
    ['FLOAT64', '1.5', 'number 1.5'],
    ['NUMERIC', 'NUMERIC "12"', 'number 12'],
    ['NUMERIC', 'NUMERIC "12.5"', 'string "12.5"'],
    ['BIGNUMERIC', 'BIGNUMERIC "9007199254740993"', 'string "9007199254740993"'],
    ['BOOL', 'FALSE', 'boolean false'],
    ['STRING', '"é\\n"', 'string "é\\n"'],
    ['BYTES', 'b"\\x00\\xff"', 'string "AP8="'],
    ['DATE', 'DATE "2024-02-29"', 'object "2024-02-29T00:00:00.000Z"'],
    ['TIMESTAMP', 'TIMESTAMP "1969-12-31 23:59:59.999999+00"', 'object "1969-12-31T23:59:59.999Z"'],
    ['JSON', `JSON '{"a": [1, null]}'`, 'object {"a":[1,null]}'],
    [
      'ARRAY<STRUCT<a FLOAT64, b STRING>>',
      '[STRUCT(1.0 AS a, "x" AS b), STRUCT(NULL, NULL)]',
      'object [{"a":1,"b":"x"},{"a":null,"b":null}]',
    ],
    ['ARRAY<STRING>', 'NULL', 'object null'],
    ['STRING', 'NULL', 'object null'],
  ])('%s %s', async (type, value, expected) => {
    expect(await given(type, value)).toBe(expected);
  });

  it('a timestamp with the microseconds a Date cannot hold', async () => {
    expect(await given('TIMESTAMP', 'TIMESTAMP "2024-01-01 00:00:00.123456+00"', 'return x.getTime() + " " + x.microsecond')).toBe(
      '1704067200123 456',
    );
  });
});

describe('what a function may answer', () => {
  it.each([
    ['INT64', 'return 9007199254740991', '9007199254740991'],
    ['INT64', 'return "9223372036854775807"', '9223372036854775807'],
    ['INT64', 'return 2n ** 62n', '4611686018427387904'],
    ['FLOAT64', 'return 1 / 3', '0.3333333333333333'],
    ['FLOAT64', 'return NaN', 'NaN'],
    ['NUMERIC', 'return "1.25"', '1.25'],
    ['BOOL', 'return 1', 'true'],
    ['STRING', 'return {}', '[object Object]'],
    ['BYTES', 'return "AP8="', 'AP8='],
    ['DATE', 'return new Date(Date.UTC(2024, 1, 29, 23))', '2024-02-29'],
    ['TIMESTAMP', 'return new Date(1704067200001)', '1704067200001000'],
    ['JSON', 'return {b: 1, a: [null]}', '{"a":[null],"b":1}'],
    ['STRING', 'return undefined', null],
    ['STRUCT<n INT64, l ARRAY<STRING>>', 'return {n: 2, l: ["a"]}', { f: [{ v: '2' }, { v: [{ v: 'a' }] }] }],
  ])('%s: %s', async (type, body, expected) => {
    expect(await call(`() RETURNS ${type}`, body)).toEqual([[expected]]);
  });

  it.each([
    ['INT64', 'return 1.5', 'Failed to coerce output value 1.5 to type INT64'],
    [
      'INT64',
      'return "9926595690882924544"',
      'Failed to coerce output value "9926595690882924544" to type INT64: Bad int64 value: 9926595690882924544',
    ],
    ['ARRAY<INT64>', 'return 3', 'Failed to coerce output value 3 to type ARRAY<INT64>'],
    ['DATE', 'return "soon"', 'Failed to coerce output value "soon" to type DATE'],
  ])('but not for %s: %s', async (type, body, message) => {
    await expect(call(`() RETURNS ${type}`, body)).rejects.toMatchObject({ reason: 'invalidQuery', message });
  });
});

describe('an error', () => {
  it('says where', async () => {
    await expect(call('(s STRING, n INT64) RETURNS STRING', 'const t = s;\nreturn t.x.y', 'f("a", 1)')).rejects.toMatchObject({
      reason: 'invalidQuery',
      message: expect.stringMatching(/^TypeError: cannot read property 'y' of undefined at f\(STRING, INT64\) line 2, columns \d+-\d+$/),
    });
    await expect(call('() RETURNS STRING', 'throw new Error("boo")')).rejects.toThrow('Error: boo at f() line 1, columns');
  });

  it('may be one of syntax, or no Error at all', async () => {
    await expect(call('() RETURNS STRING', 'return 1 +')).rejects.toThrow(/^SyntaxError: .* at f\(\) line/);
    await expect(call('() RETURNS STRING', 'throw "plain"')).rejects.toThrow('plain at f()');
  });

  it('is one SAFE functions can catch', async () => {
    expect(
      await call(
        '(x FLOAT64) RETURNS STRING',
        'if (x > 1) throw new Error("no"); return "yes"',
        'IFERROR(f(x), "caught") FROM UNNEST([1.0, 2.0]) AS x ORDER BY x',
      ),
    ).toEqual([['yes'], ['caught']]);
  });
});

describe('where functions are called', () => {
  it('nested, in WHERE, GROUP BY, HAVING and ORDER BY', async () => {
    expect(
      await call(
        '(x FLOAT64) RETURNS FLOAT64',
        'return x + 1',
        'SUM(f(f(x))) FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x WHERE f(x) > 2 HAVING f(COUNT(*)) = 1000',
      ),
    ).toEqual([['502497.0']]);
  });

  it('with arguments that are different in each run', async () => {
    const [[rows, different]] = (await call(
      '(x FLOAT64) RETURNS FLOAT64',
      'return x * 2',
      'COUNTIF(y BETWEEN 0 AND 2), COUNT(DISTINCT y) FROM (SELECT f(RAND()) AS y FROM UNNEST(GENERATE_ARRAY(1, 5000)))',
    )) as [[string, string]];
    expect([rows, different]).toEqual(['5000', '5000']);
  });

  it('drawing lots itself, once for each row', async () => {
    expect(
      await call('() RETURNS FLOAT64 NOT DETERMINISTIC', 'return Math.random()', 'COUNT(DISTINCT f()) FROM UNNEST(GENERATE_ARRAY(1, 100))'),
    ).toEqual([['100']]);
  });

  it('in DML, also inside a transaction', async () => {
    const define = 'CREATE TEMP FUNCTION twice(x FLOAT64) RETURNS INT64 LANGUAGE js AS "return x * 2";';
    await engine.query({ projectId: 'p', sql: 'CREATE TABLE d.dml (n INT64); INSERT INTO d.dml VALUES (1), (2)' });
    await engine.query({ projectId: 'p', sql: `${define} UPDATE d.dml SET n = twice(n) WHERE twice(n) > 2` });
    await engine.query({
      projectId: 'p',
      sql: `${define} BEGIN TRANSACTION; INSERT INTO d.dml SELECT twice(n) FROM d.dml; DELETE FROM d.dml WHERE twice(n) = 2; COMMIT TRANSACTION`,
    });
    expect(await readAll(engine, 'SELECT n FROM d.dml ORDER BY n')).toEqual([['2'], ['4'], ['8']]);
  });

  it('in a script: variables, conditions, tables, procedures; stored functions too', async () => {
    await engine.query({
      projectId: 'p',
      sql: 'CREATE FUNCTION d.up(s STRING) RETURNS STRING DETERMINISTIC LANGUAGE js AS "return s.toUpperCase()"',
    });
    const sql = `DECLARE v STRING DEFAULT d.up('a');
      IF d.up(v) = 'A' THEN SET v = d.up(v || 'b'); END IF;
      CREATE TEMP TABLE t AS SELECT d.up(v || x) AS y FROM UNNEST(['c', 'd']) AS x;
      SELECT STRING_AGG(y ORDER BY y) FROM t`;
    const { children } = await engine.query({ projectId: 'p', sql });
    const rows: unknown[] = [];
    for await (const page of engine.readRows(children.at(-1)!.destinationTable!)) rows.push(...page);
    expect(rows).toEqual([{ f: [{ v: 'ABC,ABD' }] }]);
  });
});

it('slow functions give the same as fast ones', async () => {
  const slow = 'const end = Date.now() + 2; while (Date.now() < end); return x + 1';
  expect(await call('(x FLOAT64) RETURNS FLOAT64', slow, 'SUM(f(f(x))) FROM UNNEST(GENERATE_ARRAY(1, 60)) AS x')).toEqual([['1950.0']]);
  // TRY hides from DuckDB that a run was given up; the rows must not be its NULLs.
  expect(await call('(x FLOAT64) RETURNS FLOAT64', slow, 'SUM(IFERROR(f(x), -1)) FROM UNNEST(GENERATE_ARRAY(1, 60)) AS x')).toEqual([
    ['1890.0'],
  ]);
  await engine.query({ projectId: 'p', sql: 'CREATE TABLE d.slow AS SELECT 1.0 AS n FROM UNNEST(GENERATE_ARRAY(1, 30))' });
  const sql = `CREATE TEMP FUNCTION f(x FLOAT64, y FLOAT64) RETURNS FLOAT64 LANGUAGE js AS "${slow}"; UPDATE d.slow SET n = f(n, RAND()) WHERE TRUE`;
  await engine.query({ projectId: 'p', sql });
  expect(await readAll(engine, 'SELECT SUM(n) FROM d.slow')).toEqual([['60.0']]);
});
