import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMemoryBundle } from '../../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../../fixtures/sessions/memory-evidence.ts';
import { parseSession } from '../../../fixtures/sessions/parse-session.ts';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import { createReviewEngine, type ReviewEngine } from '../create-review-engine.ts';
import { untilOpened } from '../testing/until-opened.ts';

const bundle = createMemoryBundle(
  parseSession(`
    session diff
    09:00:00 +1ms jobs.query SELECT
      sql   SELECT id, name, tags FROM t
      rows  id INT64 | name STRING | tags ARRAY<STRING>
            1        | Ann         | ["a"]
            2        | Bob         | []
            2        | Bob         | []
            3        | NULL        | ["c"]
    09:00:01 +1ms jobs.query SELECT
      sql   SELECT id, name, tags FROM t
      rows  id INT64 | name STRING | tags ARRAY<STRING>
            3        | NULL        | ["c"]
            2        | Bob         | []
            1        | Anna        | ["a"]
            4        | Dan         | []
    09:00:02 +1ms jobs.query SELECT
      sql   SELECT id, name, score FROM t
      rows  id STRING | name STRING | score FLOAT64
            1         | Ann         | 0.5
            2         | Bob         | NaN
            2         | Bob         | NULL
            3         | NULL        | 1.5
  `),
);
let engine: ReviewEngine;
let api: EngineApi;
const ids: string[] = [];

beforeAll(async () => {
  engine = await createReviewEngine({ evidence: createMemoryEvidence([bundle]), settingsDirectory: false });
  api = createEngineClient(engine);
  await api.call('case:open', { paths: [bundle.path] });
  await untilOpened(api);
  ids.push(...(await api.call('exchange:list', { filter: '', offset: 0, limit: 10 })).rows.map(({ exchangeId }) => exchangeId));
});
afterAll(() => engine.close());

const diff = (left: number, right: number, keys: string[] = []) =>
  api.call('diff:results', { left: ids[left - 1]!, right: ids[right - 1]!, keys, samples: 10 });

it('as multisets: order does not matter, multiplicity does', async () => {
  const difference = await diff(1, 2);
  expect(difference).toMatchObject({ equal: false, schema: [], leftRows: 4, rightRows: 4, removed: 2, added: 2, changed: 0 });
  expect(difference.samples).toEqual([
    { kind: 'added', right: ['1', 'Anna', { list: ['a'] }] },
    { kind: 'added', right: ['4', 'Dan', { list: [] }] },
    { kind: 'removed', left: ['1', 'Ann', { list: ['a'] }] },
    { kind: 'removed', left: ['2', 'Bob', { list: [] }] },
  ]);
  expect((await diff(1, 1)).equal).toBe(true);
});

it('by key: changed cells are told by column', async () => {
  const difference = await diff(2, 1, ['id']);
  expect(difference).toMatchObject({ added: 0, removed: 1, changed: 1, changedColumns: [{ column: 'name', cells: 1 }] });
  expect(difference.samples).toContainEqual({
    kind: 'changed',
    left: ['1', 'Anna', { list: ['a'] }],
    right: ['1', 'Ann', { list: ['a'] }],
  });
});

it('with other columns: the schema differs, what both have is compared as text', async () => {
  expect(await diff(1, 3)).toMatchObject({
    equal: false,
    columns: ['id', 'name'],
    added: 0,
    removed: 0,
    schema: [
      { column: 'id', left: 'INT64', right: 'STRING' },
      { column: 'tags', left: 'ARRAY<STRING>' },
      { column: 'score', right: 'FLOAT64' },
    ],
  });
});

it('refuses a key that one side does not have', async () => {
  const answer = await api.tryCall('diff:results', { left: ids[0]!, right: ids[2]!, keys: ['score'], samples: 1 });
  expect(answer).toMatchObject({ ok: false, error: { code: 'DIFF_KEY' } });
});

it('aligns two sessions, here one with itself', async () => {
  const [session] = (await api.call('case:overview', {})).sessions;
  const choice = { bundleId: session!.bundleId, sessionId: session!.sessionId };
  const { summary, firstDivergence } = await api.call('diff:sessions', { left: choice, right: choice });
  expect([summary, firstDivergence]).toEqual([{ same: 3, changed: 0, removed: 0, added: 0 }, undefined]);
});
