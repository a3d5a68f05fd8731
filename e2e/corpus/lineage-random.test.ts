import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../shared/sandbox/engine/engine.ts';
import { checkSoundness } from './check-soundness.ts';
import { createProbeEngine } from './lineage-data.ts';
import { checkRandomQueries } from './lineage-random.ts';

describe('lineage held against what data a query really depends on', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createProbeEngine(['people', 'archive', 'secrets']);
  }, 300_000);
  afterAll(() => engine.close());

  it('names every column that matters to random queries', async () => {
    const { checked, unsound } = await checkRandomQueries(engine, 25, 7);
    expect(unsound).toEqual([]);
    expect(checked).toBeGreaterThan(20);
  }, 300_000);

  it('sees what matters, so that an answer of nothing would be noticed', async () => {
    const sql = 'SELECT COUNT(*) AS n FROM people AS p JOIN secrets AS s ON s.k = p.name WHERE p.age > 1';
    expect(await checkSoundness(engine, sql, true)).toMatchObject({ missing: [], named: 3, seen: 3 });
  });
});
