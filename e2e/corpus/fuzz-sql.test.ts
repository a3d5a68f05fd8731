import { describe, expect, it } from 'vitest';
import { fuzzStatements } from './fuzz-sql.ts';
import { SEEDS } from './fuzz-sql-seeds.ts';
import { createRandom, mutateStatement } from './mutate-statement.ts';

describe('mutated statements', () => {
  it('are read or refused in words, and quickly', () => {
    const { crashes, slowest, passed } = fuzzStatements(SEEDS, 3_000, 20_260, 100);
    expect(crashes).toEqual([]);
    for (const found of Object.values(slowest))
      expect(found).toMatchObject({ milliseconds: expect.toSatisfy((most: number) => most < 100) });
    expect(passed.parse).toBeGreaterThan(300);
    expect(passed.generate).toBeGreaterThan(150);
    expect(passed.fingerprint - passed.parse).toBeGreaterThan(1_000);
  });

  it('are the same for the same seed', () => {
    const mutate = () => mutateStatement(SEEDS[0] ?? '', SEEDS[1] ?? '', createRandom(5));
    expect(mutate()).toBe(mutate());
  });
});
