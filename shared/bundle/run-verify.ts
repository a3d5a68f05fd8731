import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readIdentities } from './age-keys.ts';
import { parseVerifierKey } from './ed25519-key.ts';
import { exitCodes, formatVerification, formatVerificationJson } from './format-verification.ts';
import { readPinnedKeys } from './pinned-keys.ts';
import { isReceiptFile, runVerifyReceipt } from './run-verify-receipt.ts';
import { readTrustRoot } from './trust/trust-root.ts';
import type { Verification } from './verification.ts';
import { type VerifyOptions, verifyBundle } from './verify-bundle.ts';
import { compareWriters, type PairJudgement } from './window/compare-writers.ts';
import { formatPairs, formatWindow } from './window/format-window.ts';
import { isWindowFile, verifyWindow } from './window/verify-window.ts';

export type VerifyCommand = {
  readonly key?: readonly string[];
  readonly trust?: string;
  /** Files with age identities. */
  readonly identity?: readonly string[];
  readonly json?: boolean;
  /** Of a window. */
  readonly covers?: readonly string[];
  readonly bundles?: string;
};

/**
 * Prints every check of a bundle, of several and how they stand to each other, of a receipt, or of a window of a writer log. Exit code: 0 sound, by a known
 * key, and covered; 1 sound, but the key is unknown, there are gaps, or nothing leads from one to the other; 2 not sound, forked, or not covered.
 */
export async function runVerify(files: readonly string[], command: VerifyCommand): Promise<void> {
  const gone = files.find((file) => !existsSync(file));
  if (gone !== undefined) throw new Error(`There is no file ${gone}.`);
  const keys = command.key ?? [];
  const strange = keys.find((key) => parseVerifierKey(key) === undefined);
  if (strange !== undefined)
    throw new Error(`"${strange.slice(0, 100)}" is not a public key. Copy the whole line that "steno keys" prints.`);
  const trustRoot = command.trust === undefined ? undefined : readTrustRoot(command.trust);
  const options: VerifyOptions = {
    pinnedKeys: [...readPinnedKeys(), ...keys],
    trustRoot,
    identities: readIdentities(command.identity ?? []),
  };
  const [only, ...others] = files;
  if (only === undefined) throw new Error('Name a file to verify.');
  if (others.length > 0) await runSeveral(files, options, command.json ?? false);
  else if (isWindowFile(only)) await runWindow(only, options, command);
  else if (isReceiptFile(only)) await runVerifyReceipt(only, [...options.pinnedKeys], command.json ?? false);
  else await runOne(only, options, command.json ?? false);
}

async function runOne(file: string, options: VerifyOptions, asJson: boolean): Promise<void> {
  const verification = await verifyBundle(file, options);
  console.log(asJson ? formatVerificationJson(verification) : formatVerification(verification).join('\n'));
  process.exitCode = exitCodes[verification.verdict];
}

const pairCodes: Readonly<Record<PairJudgement['status'], number>> = { consistent: 0, unproven: 1, forked: 2 };

async function runSeveral(files: readonly string[], options: VerifyOptions, asJson: boolean): Promise<void> {
  const bundles: Verification[] = [];
  for (const file of files) bundles.push(await verifyBundle(file, options));
  const sound = bundles.filter(({ verdict }) => verdict !== 'not-sound').map((one) => one.path);
  const pairs = await compareWriters(sound);
  const text = (): string => [...bundles.map((one) => [...formatVerification(one), ''].join('\n')), ...formatPairs(pairs)].join('\n');
  console.log(asJson ? JSON.stringify({ bundles, pairs }, undefined, 2) : text());
  process.exitCode = Math.max(...bundles.map(({ verdict }) => exitCodes[verdict]), ...pairs.map(({ status }) => pairCodes[status]));
}

const coverageCodes = { covered: 0, 'covered-with-gaps': 1, 'not-covered': 2 } as const;

async function runWindow(file: string, options: VerifyOptions, { covers, bundles, json }: VerifyCommand): Promise<void> {
  if (covers !== undefined && covers.length !== 2) throw new Error('--covers takes two instants: FROM TO.');
  const [from, to] = (covers ?? []).map(toInstant);
  if (from !== undefined && to !== undefined && from >= to) throw new Error('--covers FROM TO: FROM must be before TO.');
  const folder = bundles === undefined ? undefined : readdirSync(bundles).filter((name) => name.endsWith('.wacz'));
  const inFolder = folder?.sort().map((name) => path.join(bundles!, name));
  const judged = await verifyWindow(file, { ...options, from, to, bundles: inFolder });
  console.log(json ? JSON.stringify(judged, undefined, 2) : formatWindow(judged).join('\n'));
  const missing = (judged.missing ?? []).length > 0 ? 1 : 0;
  process.exitCode = Math.max(exitCodes[judged.verdict], coverageCodes[judged.coverage], missing);
}

function toInstant(text: string): string {
  const ms = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(ms)) throw new Error(`"${text}" is no instant such as 2026-03-01T00:00:00Z.`);
  return new Date(ms).toISOString();
}
