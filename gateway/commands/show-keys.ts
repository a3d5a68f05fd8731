import { existsSync } from 'node:fs';
import { type SignerKey, toVerifierKey } from '../../shared/bundle/ed25519-key.ts';
import { exporterKeyFile, loadKey, writerKeyFile } from '../record/writer-key.ts';
import { requireConfig } from './require-config.ts';

/** Prints, one a line, the public key that signs this gateway's log and the one that signs what this user exports. */
export async function showKeys(configPath: string): Promise<void> {
  const { dataDirectory } = await requireConfig(configPath);
  const files = [writerKeyFile(dataDirectory), exporterKeyFile()].filter((file) => existsSync(file));
  if (files.length === 0) throw new Error('No key was made yet: the gateway makes its own when it first runs.');
  for (const file of files) console.log(toText(loadKey(file)));
}

const toText = (key: SignerKey): string => toVerifierKey(key.name, key.publicKey).text;
