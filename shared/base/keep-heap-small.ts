import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { collectGarbage } from './collect-garbage.ts';

/** Room for young objects that thousands of requests a second need: with more V8 collects as much less often as each collection takes longer. */
const ENOUGH_YOUNG_BYTES = 15 * 2 ** 20;

/**
 * For commands that pass gigabytes through in small pieces, and while hundreds of files are read: V8 would let the room for young objects grow to 64 MB and
 * more over time, which makes neither faster. Called once, when the process begins.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * When the reading is done: what it left behind goes back to the system, which V8 would do only after idle seconds, and the heap may grow. V8 marks old
 * objects whenever they have less room left than the young ones may take: that would never rest, so the old may double, and the young have enough and no more.
 * In idle times V8 takes their room away, and it must be able to grow again.
 */
export function letHeapGrow(): void {
  collectGarbage({ type: 'major', flavor: 'last-resort' });
  let mayGrow = true;
  setFlagsFromString('--heap-growing-percent=100');
  setFlagsFromString('--semi-space-growth-factor=2');
  new PerformanceObserver(() => {
    if (mayGrow === youngBytes() < ENOUGH_YOUNG_BYTES) return;
    mayGrow = !mayGrow;
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
  }).observe({ entryTypes: ['gc'] });
}

/** Room for young objects: what they may take before they are collected. */
export function youngBytes(): number {
  const { space_used_size, space_available_size } = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')!;
  return space_used_size + space_available_size;
}
