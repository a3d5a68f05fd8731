import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';
import { callFunction, readAll } from './a-function-call.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ javascript: { timeoutMs: 1000, memoryMb: 32 } });
});
afterAll(() => engine.close());

const text = (body: string) => callFunction(engine, '() RETURNS STRING', body);

/** How long others had to wait while `work` was under way, at most. */
async function longestWait(work: Promise<unknown>): Promise<number> {
  let isOver = false;
  void work.catch(() => {}).finally(() => (isOver = true));
  let longest = 0;
  while (!isOver) {
    const start = performance.now();
    expect(await readAll(engine, 'SELECT 1 + 1')).toEqual([['2']]);
    longest = Math.max(longest, performance.now() - start);
  }
  return longest;
}

describe('is bounded, and others are served meanwhile', () => {
  const timedOut = { reason: 'resourcesExceeded', message: 'Resources exceeded during query execution: UDF timed out after 1000 ms.' };
  const outOfMemory = { reason: 'resourcesExceeded', message: 'Resources exceeded during query execution: UDF out of memory.' };

  it.each([
    ['an endless loop', 'while (true);', timedOut],
    ['one that catches everything', 'while (true) { try { while (true); } catch {} finally { continue; } }', timedOut],
    ['a regular expression without end', 'return /^(a+)+$/.test("a".repeat(50) + "b")', timedOut],
    ['an endless chain of promises', 'const next = () => Promise.resolve().then(next); next(); while (true);', timedOut],
    ['an endless sort', 'return [3, 1, 2].sort(() => { while (true); })', timedOut],
    ['arrays without end', 'const a = []; for (;;) a.push(new ArrayBuffer(1e6))', outOfMemory],
    ['a string without end', 'const a = []; let s = "x".repeat(1e6); for (;;) a.push(s + a.length)', outOfMemory],
    ['one huge string', 'return "x".repeat(5e8)', outOfMemory],
    ['memory kept through every catch', 'const a = []; for (;;) { try { for (;;) a.push(new ArrayBuffer(1e6)) } catch {} }', timedOut],
    ['endless recursion', 'const f = () => f() + 1; return f()', { reason: 'invalidQuery', message: expect.stringMatching(/stack/) }],
    ['deep recursion in a regular expression', 'return new RegExp("(".repeat(1e5) + ")".repeat(1e5)).test("")', { reason: 'invalidQuery' }],
    [
      'deep recursion in JSON',
      'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return JSON.stringify(a)',
      { reason: expect.stringMatching(/^(invalidQuery|resourcesExceeded)$/) },
    ],
  ])('%s', async (_, body, error) => {
    const run = text(body);
    const [wait] = await Promise.all([longestWait(run), expect(run).rejects.toMatchObject(error)]);
    expect(wait).toBeLessThan(700);
  });

  it('whatever it waits for', async () => {
    await expect(text('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)')).rejects.toMatchObject({ reason: 'invalidQuery' });
    expect(await text('return new Promise(() => {})')).toEqual([['[object Promise]']]);
    expect(await callFunction(engine, '() RETURNS STRING', 'return (async () => { await null; while (true); })()')).toEqual([
      ['[object Promise]'],
    ]);
  });

  it('in a transaction too', async () => {
    const sql = 'CREATE TEMP FUNCTION f() RETURNS INT64 LANGUAGE js AS "while (true);"; BEGIN TRANSACTION; SELECT f()';
    await expect(engine.query({ sql, projectId: 'p' })).rejects.toMatchObject({ reason: 'resourcesExceeded' });
  });

  it('when it is cancelled', async () => {
    const controller = new AbortController();
    const sql = 'CREATE TEMP FUNCTION f() RETURNS INT64 LANGUAGE js AS "while (true);"; SELECT f()';
    setTimeout(() => controller.abort(), 200);
    const start = performance.now();
    await expect(engine.query({ sql, projectId: 'p', signal: controller.signal })).rejects.toMatchObject({ reason: 'stopped' });
    expect(performance.now() - start).toBeLessThan(800);
  });
});

describe('has nothing but the language within reach', () => {
  it('no Node, no network, no clock to set, no module', async () => {
    const names = [
      'process',
      'require',
      'module',
      'fetch',
      'XMLHttpRequest',
      'WebSocket',
      'Worker',
      'WebAssembly',
      'setTimeout',
      'Buffer',
      'std',
      'os',
    ];
    expect(await text(`return ${JSON.stringify(names)}.filter((name) => typeof globalThis[name] !== 'undefined').join()`)).toEqual([['']]);
    expect(await text('return import("node:fs").then(String, String) + ""')).toEqual([['[object Promise]']]);
  });

  it('the way out of other sandboxes ends in this one', async () => {
    await expect(text('return this.constructor.constructor("return process")().pid')).rejects.toThrow(
      "ReferenceError: 'process' is not defined",
    );
    await expect(text('try { null.x } catch (e) { return e.constructor.constructor("return process")().pid }')).rejects.toThrow(
      "'process' is not defined",
    );
    await expect(text('return arguments.callee.caller.constructor("return process")()')).rejects.toMatchObject({ reason: 'invalidQuery' });
  });
});

describe('keeps to itself', () => {
  it('what one function does to the language, no other function of the statement sees', async () => {
    const sql = `
      CREATE TEMP FUNCTION spoil(s STRING) RETURNS STRING LANGUAGE js AS r"""
        Object.prototype.toJSON = () => 'gone'; Array.prototype.map = () => []; JSON.parse = () => [['x']];
        String.prototype.toUpperCase = () => 'gone'; Array.prototype[Symbol.iterator] = null; Object.prototype.v = 'gone'; return s""";
      CREATE TEMP FUNCTION up(s STRING) RETURNS STRING LANGUAGE js AS "return s.toUpperCase() + (typeof {}.v)";
      SELECT spoil(x), up(x) FROM UNNEST(['a', 'b', 'c']) AS x ORDER BY x`;
    const rows = await readAll(engine, sql);
    expect(rows.map(([, up]) => up)).toEqual(['Aundefined', 'Bundefined', 'Cundefined']);
  });

  it('nor any other statement', async () => {
    await text('globalThis.secret = 1; Array.prototype.secret = 2; return "done"');
    expect(await text('return typeof secret + typeof [].secret')).toEqual([['undefinedundefined']]);
  });

  it('answers for its own rows only', async () => {
    await text('Object.defineProperty(Object.prototype, "e", { set() { throw 1 }, get() { return "forged" } }); return "done"').catch(
      () => {},
    );
    expect(
      await callFunction(engine, '(x FLOAT64) RETURNS STRING', 'return "r" + x', 'f(x) FROM UNNEST([1.0, 2.0]) AS x ORDER BY x'),
    ).toEqual([['r1'], ['r2']]);
  });
});
