import { setTimeout as delay } from 'node:timers/promises';
import { type KeyEpoch, type RotationRequest, readKeyEpochs, requestRotation } from './key-ring.ts';

const WAIT_MS = 5_000;
const POLL_MS = 100;

/**
 * Makes the gateway's next signing key, and waits until a gateway that runs has it in its log. `undefined`: none did so far; the next to start will.
 * Throws RotationRefused while an earlier rotation is under way.
 */
export async function rotateKey(
  directory: string,
  { overlapMs, by, reason }: RotationRequest,
  waitMs = WAIT_MS,
): Promise<readonly KeyEpoch[] | undefined> {
  const before = readKeyEpochs(directory).length;
  requestRotation(directory, overlapMs, { by, reason });
  for (const end = Date.now() + waitMs; Date.now() < end; await delay(POLL_MS)) {
    const epochs = readKeyEpochs(directory);
    if (epochs.length > before) return epochs;
  }
  return undefined;
}

/** The keys of one data directory, as the admin API asks for them. */
export const writerKeysOf = (directory: string) => ({
  list: () => readKeyEpochs(directory),
  rotate: (request: RotationRequest, waitMs?: number) => rotateKey(directory, request, waitMs),
});
