import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';
import { readAll } from './a-function-call.ts';

let engine: Engine;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-libraries-'));
  await writeFile(join(directory, 'greet.js'), 'const greeting = "Hello"; function greet(name) { return greeting + ", " + name; }');
  await writeFile(join(directory, 'shout.js'), 'function shout(text) { return greet(text).toUpperCase() + "!"; }');
  engine = await createEngine({
    objects: {
      resolve: (uri) => (/^gs:\/\/bucket\/(greet|shout)\.js$/.test(uri) ? [join(directory, uri.split('/').at(-1)!)] : []),
      createPath: () => join(directory, 'new'),
      put: async () => undefined,
    },
  });
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true });
});

const scaledSum = `(x FLOAT64, factor FLOAT64 NOT AGGREGATE, y FLOAT64) RETURNS FLOAT64 LANGUAGE js AS r'''
  export function initialState(factor) { return { sum: 0, factor }; }
  export function aggregate(state, x, factor, y) { state.sum += (x ?? 0) * factor + (y ?? 0); }
  export function merge(state, partial) { state.sum += partial.sum; }
  export function finalize(state, factor) { return state.factor === factor ? state.sum : -1; }
'''`;

describe('JavaScript aggregates', () => {
  it('of groups, of all rows, of none', async () => {
    const rows = "UNNEST([STRUCT('a' AS k, 1.0 AS x, 0.5 AS y), ('a', 2.0, NULL), ('b', NULL, 3.0)])";
    const define = `CREATE TEMP AGGREGATE FUNCTION scaled${scaledSum};`;
    expect(await readAll(engine, `${define} SELECT k, scaled(x, 10.0, y), COUNT(*) FROM ${rows} GROUP BY k ORDER BY k`)).toEqual([
      ['a', '30.5', '2'],
      ['b', '3.0', '1'],
    ]);
    expect(await readAll(engine, `${define} SELECT scaled(x, 10.0, y) + 1 FROM ${rows}`)).toEqual([['34.5']]);
    expect(await readAll(engine, `${define} SELECT scaled(x, 2.0, y) FROM ${rows} WHERE FALSE`)).toEqual([['0.0']]);
  });

  it('that are stored', async () => {
    await engine.query({ projectId: 'p', sql: `CREATE AGGREGATE FUNCTION d.scaled${scaledSum}` });
    expect(await readAll(engine, 'SELECT d.scaled(x, 1.0, 1.0) FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x')).toEqual([['501500.0']]);
  });

  it('that lack a part, or fail in one', async () => {
    const define = (body: string): string =>
      `CREATE TEMP AGGREGATE FUNCTION f(x FLOAT64) RETURNS FLOAT64 LANGUAGE js AS r'''${body}'''; SELECT f(x) FROM UNNEST([1.0]) AS x`;
    await expect(readAll(engine, define('export function initialState() { return {} }'))).rejects.toThrow(
      'JavaScript UDAF must export a function named "aggregate"',
    );
    const failing =
      'export function initialState() { return {} }\nexport function aggregate() { throw new Error("no") }\nexport function merge() {}\nexport function finalize() {}';
    await expect(readAll(engine, define(failing))).rejects.toThrow('Error: no at f(FLOAT64) line 2, columns');
  });
});

describe('libraries', () => {
  it('are read from the objects, in order', async () => {
    const sql = `CREATE TEMP FUNCTION f(s STRING) RETURNS STRING LANGUAGE js OPTIONS (library = ['gs://bucket/greet.js', 'gs://bucket/shout.js']) AS "return shout(s)"; SELECT f('you')`;
    expect(await readAll(engine, sql)).toEqual([['HELLO, YOU!']]);
  });

  it('are missed', async () => {
    const sql = `CREATE TEMP FUNCTION f() RETURNS STRING LANGUAGE js OPTIONS (library = 'gs://bucket/none.js') AS "return 1"; SELECT f()`;
    await expect(readAll(engine, sql)).rejects.toThrow('gs://bucket/none.js');
  });
});
