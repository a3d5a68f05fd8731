import { DEFAULT_OVERLAP_MS, type KeyEpoch } from '../record/key-ring.ts';
import { rotateKey } from '../record/rotate-key.ts';
import { requireConfig } from './require-config.ts';

const HOUR_MS = 3_600_000;

export type RotateOptions = {
  readonly config: string;
  readonly by: string;
  readonly reason?: string;
  readonly overlapHours?: number;
  readonly json?: boolean;
};

/**
 * Makes the gateway's next signing key. A running gateway sees it within a second; one that is down announces it at its next start. Which of the two it was
 * is said. Throws RotationRefused while an earlier rotation is under way.
 */
export async function rotateKeys({ config, by, reason, overlapHours, json }: RotateOptions): Promise<void> {
  const { dataDirectory } = await requireConfig(config);
  if (overlapHours !== undefined && !(overlapHours >= 0 && overlapHours <= 8_760))
    throw new Error('--overlap-hours is a number between 0 and 8760: 24 unless told, 0 after a theft.');
  const overlapMs = overlapHours === undefined ? DEFAULT_OVERLAP_MS : Math.round(overlapHours * HOUR_MS);
  const epochs = await rotateKey(dataDirectory, { overlapMs, by, reason });
  console.log(json ? JSON.stringify({ announced: epochs !== undefined, keys: epochs ?? [] }, undefined, 2) : describe(epochs));
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
