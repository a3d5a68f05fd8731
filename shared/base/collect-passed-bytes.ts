import { collectGarbage } from './collect-garbage.ts';

const everyBytes = 8 * 2 ** 20;
let passed = 0;

/**
 * To be told of the bytes of every buffer that passes through this thread. Such buffers are garbage soon, but their bytes lie outside of the heap whose
 * growth makes V8 collect: a long answer would leave a hundred megabytes of them behind. A young collection costs about a millisecond, and is paid once
 * in 8 MiB.
 */
export function collectPassedBytes(length: number): void {
  passed += length;
  if (passed < everyBytes) return;
  passed = 0;
  collectGarbage({ type: 'minor' });
}
