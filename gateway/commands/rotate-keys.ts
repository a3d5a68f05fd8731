import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_OVERLAP_MS, type KeyEpoch, readKeyEpochs, requestRotation } from '../record/key-ring.ts';
import { requireConfig } from './require-config.ts';

const HOUR_MS = 3_600_000;
const WAIT_MS = 5_000;

/**
 * Makes the gateway's next signing key. A running gateway sees it within a second; one that is down announces it at its next start. Which of the two it was
 * is said. Throws RotationRefused while an earlier rotation is under way.
 */
export async function rotateKeys(options: { readonly config: string; readonly overlapHours?: number }): Promise<void> {
  const { dataDirectory } = await requireConfig(options.config);
  const { overlapHours } = options;
  if (overlapHours !== undefined && !(overlapHours >= 0 && overlapHours <= 8_760))
    throw new Error('The overlap is between 0 and 8760 hours.');
  const before = readKeyEpochs(dataDirectory).length;
  requestRotation(dataDirectory, overlapHours === undefined ? DEFAULT_OVERLAP_MS : Math.round(overlapHours * HOUR_MS));
  console.log(describe(await waitForAnnouncement(dataDirectory, before)));
}

async function waitForAnnouncement(directory: string, before: number): Promise<readonly KeyEpoch[] | undefined> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await delay(100)) {
    const epochs = readKeyEpochs(directory);
    if (epochs.length > before) return epochs;
  }
  return undefined;
}

function describe(epochs: readonly KeyEpoch[] | undefined): string {
  const [before, newest] = epochs?.slice(-2) ?? [];
  if (before === undefined || newest === undefined)
    return 'A new key is made. No gateway is running here: the next one to start announces it in its log, signed by both keys.';
  return [
    `epoch ${newest.keyEpoch}   ${newest.key}`,
    `The running gateway announced it at ${newest.validFrom}. The old key signs beside it until ${before.validTo} and is destroyed then.`,
    'Bundles carry the proof: whoever pinned the old key needs to do nothing.',
  ].join('\n');
}
