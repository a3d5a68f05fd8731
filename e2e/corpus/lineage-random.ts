import type { Engine } from '../../shared/sandbox/engine/engine.ts';
import { checkSoundness, type Soundness } from './check-soundness.ts';
import { createRandom } from './mutate-statement.ts';
import { RandomQuery } from './random-query.ts';

export type RandomReport = {
  readonly checked: number;
  readonly skipped: ReadonlyMap<string, number>;
  readonly unsound: readonly { readonly sql: string; readonly missing: readonly string[] }[];
  readonly named: number;
  readonly seen: number;
};

/** `count` random queries from a seed, each held against what data it really depends on. */
export async function checkRandomQueries(engine: Engine, count: number, seed: number, isTight = false): Promise<RandomReport> {
  const statements = Array.from({ length: count }, (_, index) => new RandomQuery(createRandom(seed * 100_003 + index)).query().sql);
  return checkAll(engine, statements, isTight);
}

export async function checkAll(engine: Engine, statements: readonly string[], isTight = false): Promise<RandomReport> {
  const results: { sql: string; soundness: Soundness }[] = [];
  for (const sql of statements) results.push({ sql, soundness: await checkSoundness(engine, sql, isTight) });
  const skipped = new Map<string, number>();
  for (const { soundness } of results) if (soundness.skipped) skipped.set(soundness.skipped, (skipped.get(soundness.skipped) ?? 0) + 1);
  const sum = (of: 'named' | 'seen'): number => results.reduce((total, { soundness }) => total + soundness[of], 0);
  return {
    checked: results.filter(({ soundness }) => !soundness.skipped).length,
    skipped,
    unsound: results
      .filter(({ soundness }) => soundness.missing.length > 0)
      .map(({ sql, soundness }) => ({ sql, missing: soundness.missing })),
    named: sum('named'),
    seen: sum('seen'),
  };
}
