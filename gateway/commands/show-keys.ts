import { existsSync } from 'node:fs';
import { toVerifierKey } from '../../shared/bundle/ed25519-key.ts';
import { readKeyEpochs } from '../record/key-ring.ts';
import { exporterKeyFile, loadKey } from '../record/writer-key.ts';
import { requireConfig } from './require-config.ts';

/** Prints, one a line, the public keys that signed this gateway's log, oldest first, and the one that signs what this user exports; a line can be pinned as it is. */
export async function showKeys(configPath: string): Promise<void> {
  const { dataDirectory } = await requireConfig(configPath);
  const lines = [...writerLines(dataDirectory), ...exporterLines()];
  if (lines.length === 0) throw new Error('No key was made yet: the gateway makes its own when it first runs.');
  console.log(lines.join('\n'));
}

/** One key never rotated is printed alone, for scripts that pipe it. */
function writerLines(directory: string): string[] {
  const epochs = readKeyEpochs(directory);
  if (epochs.length === 1) return [epochs[0]!.key];
  return epochs.map(
    ({ key, keyEpoch, validFrom, validTo }) =>
      `${key} epoch ${keyEpoch}, valid from ${validFrom}${validTo === undefined ? '' : ` to ${validTo}`}`,
  );
}

export function exporterLines(): string[] {
  if (!existsSync(exporterKeyFile())) return [];
  const { name, publicKey } = loadKey(exporterKeyFile());
  return [toVerifierKey(name, publicKey).text];
}
