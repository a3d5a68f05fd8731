import { randomFillSync } from 'node:crypto';
import { SALT_BYTES } from './frame.ts';

/** Random salts, drawn in bulk: a call to the kernel for each would cost more than the rest of a small record. */
export type Salts = () => Buffer;

const POOL_BYTES = 16_384;

export function createSalts(): Salts {
  let pool = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at >= pool.length) {
      pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
      at = 0;
    }
    at += SALT_BYTES;
    return pool.subarray(at - SALT_BYTES, at);
  };
}
