import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseTrustRoot, type TrustedKey, type TrustRoot } from '../../shared/bundle/trust/trust-root.ts';
import { type KeyEpoch, readKeyEpochs } from '../record/key-ring.ts';
import { requireConfig } from './require-config.ts';
import { exporterLines } from './show-keys.ts';

/**
 * Writes the trust root of this gateway for investigators: its keys of all epochs, this user's exporter key, the witnesses it asks. What stands in an existing
 * file stays: revocations, other gateways, time-stamping authorities.
 */
export async function writeTrustRoot(options: { readonly config: string; readonly output: string }): Promise<void> {
  const { dataDirectory, witnesses } = await requireConfig(options.config);
  const epochs = readKeyEpochs(dataDirectory);
  if (epochs.length === 0) throw new Error('No key was made yet: the gateway makes its own when it first runs.');
  const before = existsSync(options.output) ? parseTrustRoot(JSON.parse(readFileSync(options.output, 'utf8'))) : empty;
  const exporters = exporterLines().map((vkey) => ({ vkey, validFrom: epochs[0]!.validFrom }));
  const root = parseTrustRoot({
    ...before,
    writers: merge(before.writers, epochs.map(toTrusted)),
    exporters: merge(before.exporters, exporters),
    ...toWitnesses(before, witnesses),
  });
  writeFileSync(options.output, `${JSON.stringify(root, undefined, 2)}\n`);
  console.log(`${options.output}: ${root.writers.length} writer keys, ${root.exporters.length} exporter keys`);
}

const empty: TrustRoot = { formatVersion: 1, writers: [], exporters: [] };

function toTrusted({ key, validFrom, validTo }: KeyEpoch, index: number, epochs: readonly KeyEpoch[]): TrustedKey {
  const next = epochs[index + 1];
  return {
    vkey: key,
    validFrom,
    ...(validTo === undefined ? {} : { validTo }),
    ...(next?.rotation === undefined ? {} : { supersededBy: next.key }),
  };
}

/** What a person wrote about a key wins over what the gateway knows, but for the end of its time. */
function merge(before: readonly TrustedKey[], now: readonly TrustedKey[]): TrustedKey[] {
  const known = new Map(now.map((key) => [key.vkey, key]));
  const kept = before.map((key) => ({ ...known.get(key.vkey), ...key }));
  const names = new Set(before.map(({ vkey }) => vkey));
  return [...kept, ...now.filter(({ vkey }) => !names.has(vkey))];
}

function toWitnesses(before: TrustRoot, asked: readonly { readonly vkey: string }[]): Pick<TrustRoot, 'witnesses'> {
  const known = before.witnesses ?? [];
  const added = asked.filter(({ vkey }) => !known.some((one) => one.vkey === vkey)).map(({ vkey }) => ({ vkey }));
  const all = [...known, ...added];
  return all.length === 0 ? {} : { witnesses: all };
}
