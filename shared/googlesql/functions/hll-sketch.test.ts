import { describe, expect, it } from 'vitest';
import { countOf, mergeSketches, sketchOf } from './hll-sketch.ts';
import { parseSketch, writeSketch } from './hll-wire.ts';

/** Hashes that look random, always the same. */
function* hashes(from: number, to: number): Iterable<bigint> {
  for (let i = from; i < to; i++) {
    let x = BigInt.asUintN(64, BigInt(i) * 0x9e3779b97f4a7c15n);
    x = BigInt.asUintN(64, (x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n);
    x = BigInt.asUintN(64, (x ^ (x >> 27n)) * 0x94d049bb133111ebn);
    yield x ^ (x >> 31n);
  }
}
const aSketch = (from: number, to: number, precision = 15) => sketchOf(hashes(from, to), BigInt(to - from), 4, precision);
const error = (count: bigint, truth: number): number => Math.abs(Number(count) - truth) / truth;

describe('HyperLogLog++ sketches', () => {
  it.each([1, 3, 1000])('counts %i values nearly exactly while sparse', (n) => {
    expect(error(countOf(aSketch(0, n)), n)).toBeLessThan(0.002);
  });

  it.each([
    [10, 20_000],
    [10, 300_000],
    [15, 300_000],
  ])('at precision %i estimates %i values within three times its margin', (precision, n) => {
    const sketch = aSketch(0, n, precision);
    expect(sketch.dense).toBeDefined();
    expect(error(countOf(sketch), n)).toBeLessThan((3 * 1.04) / Math.sqrt(2 ** precision));
  });

  it('counts a union once, at the lower precision', () => {
    const union = mergeSketches([aSketch(0, 800), aSketch(400, 1200, 12)]);
    expect(union.precision).toBe(12);
    expect(error(countOf(union), 1200)).toBeLessThan(0.01);
  });

  it('merges sparse into dense', () => {
    expect(error(countOf(mergeSketches([aSketch(0, 50_000, 10), aSketch(0, 100)])), 50_000)).toBeLessThan(0.1);
  });

  it.each([500, 300_000])('reads what it wrote (%i values)', (n) => {
    const sketch = aSketch(0, n, 12);
    expect(parseSketch(writeSketch(sketch), 'TEST')).toEqual(sketch);
  });

  it('says whose bytes are no sketch', () => {
    for (const bytes of [new Uint8Array(), Uint8Array.of(8, 112), Uint8Array.of(255)])
      expect(() => parseSketch(bytes, 'HLL_COUNT.MERGE')).toThrow('Invalid or incompatible sketch in HLL_COUNT.MERGE');
  });
});
