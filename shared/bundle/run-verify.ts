import { existsSync } from 'node:fs';
import { parseVerifierKey } from './ed25519-key.ts';
import { exitCodes, formatVerification, formatVerificationJson } from './format-verification.ts';
import { readPinnedKeys } from './pinned-keys.ts';
import { isReceiptFile, runVerifyReceipt } from './run-verify-receipt.ts';
import { verifyBundle } from './verify-bundle.ts';

/** Prints every check of a bundle, or of a receipt, and sets the exit code: 0 sound and pinned, 1 sound but the key is unknown, 2 not sound. */
export async function runVerify(path: string, options: { readonly key?: readonly string[]; readonly json?: boolean }): Promise<void> {
  if (!existsSync(path)) throw new Error(`There is no file ${path}.`);
  const keys = options.key ?? [];
  const strange = keys.find((key) => parseVerifierKey(key) === undefined);
  if (strange !== undefined)
    throw new Error(`"${strange.slice(0, 100)}" is not a public key. Copy the whole line that "steno keys" prints.`);
  if (isReceiptFile(path)) return runVerifyReceipt(path, [...readPinnedKeys(), ...keys], options.json ?? false);
  const verification = await verifyBundle(path, { pinnedKeys: [...readPinnedKeys(), ...keys] });
  console.log(options.json ? formatVerificationJson(verification) : formatVerification(verification).join('\n'));
  process.exitCode = exitCodes[verification.verdict];
}
