import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { readIdentities } from './age-keys.ts';
import { parseVerifierKey } from './ed25519-key.ts';
import { formatReceiptVerification, isReceiptFile } from './format-receipt.ts';
import { exitCodes, formatVerification, formatVerificationJson } from './format-verification.ts';
import { readPinnedKeys } from './pinned-keys.ts';
import { readTrustRoot } from './trust/trust-root.ts';
import type { Verification } from './verification.ts';
import { type VerifyOptions, verifyBundle } from './verify-bundle.ts';
import { type ReceiptVerification, verifyReceipt } from './verify-receipt.ts';
import { compareWriters, type PairJudgement } from './window/compare-writers.ts';
import { formatPairs, formatWindow } from './window/format-window.ts';
import { parseInstant } from './window/parse-instant.ts';
import { isWindowFile, verifyWindow, type WindowVerification } from './window/verify-window.ts';

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
  const folder = files.find((file) => statSync(file).isDirectory());
  if (folder !== undefined) throw new Error(`${folder} is a directory. Name the files in it, such as ${path.join(folder, '*.wacz')}.`);
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
  if (others.length > 0) await runSeveral(files, options, command);
  else if (isWindowFile(only)) await runWindow(only, options, command);
  else if (isReceiptFile(only)) await runReceipt(only, options, command.json ?? false);
  else await runOne(only, options, command.json ?? false);
}

async function runOne(file: string, options: VerifyOptions, asJson: boolean): Promise<void> {
  const verification = await verifyBundle(file, options);
  console.log(asJson ? formatVerificationJson(verification) : formatVerification(verification).join('\n'));
  process.exitCode = exitCodes[verification.verdict];
}

const pairCodes: Readonly<Record<PairJudgement['status'], number>> = { consistent: 0, unproven: 1, forked: 2 };

/** As JSON one object: `bundles` and how they stand to each other, `receipts` and `windows` where some are among the files. */
async function runSeveral(files: readonly string[], options: VerifyOptions, command: VerifyCommand): Promise<void> {
  const windowFiles = files.filter(isWindowFile);
  const receiptFiles = files.filter((file) => !windowFiles.includes(file) && isReceiptFile(file));
  const bundles: Verification[] = [];
  for (const file of files.filter((one) => !windowFiles.includes(one) && !receiptFiles.includes(one)))
    bundles.push(await verifyBundle(file, options));
  const receipts: ReceiptVerification[] = [];
  for (const file of receiptFiles) receipts.push(await verifyReceipt(file, options));
  const windows: WindowVerification[] = [];
  for (const file of windowFiles) windows.push(await askWindow(file, options, command));
  const pairs = await compareWriters(bundles.filter(({ verdict }) => verdict !== 'not-sound').map((one) => one.path));
  const beside = { ...(receipts.length > 0 && { receipts }), ...(windows.length > 0 && { windows }) };
  const blocks = [...bundles.map(formatVerification), ...receipts.map(formatReceiptVerification), ...windows.map(formatWindow)];
  const text = (): string => [...blocks.map((lines) => [...lines, ''].join('\n')), ...formatPairs(pairs)].join('\n');
  console.log(command.json ? JSON.stringify({ bundles, ...beside, pairs }, undefined, 2) : text());
  process.exitCode = Math.max(
    ...[...bundles, ...receipts].map(({ verdict }) => exitCodes[verdict]),
    ...windows.map(windowCode),
    ...pairs.map(({ status }) => pairCodes[status]),
  );
}

async function runReceipt(file: string, options: VerifyOptions, asJson: boolean): Promise<void> {
  const verification = await verifyReceipt(file, options);
  console.log(asJson ? JSON.stringify(verification, undefined, 2) : formatReceiptVerification(verification).join('\n'));
  process.exitCode = exitCodes[verification.verdict];
}

const coverageCodes = { covered: 0, 'covered-with-gaps': 1, 'not-covered': 2 } as const;

async function runWindow(file: string, options: VerifyOptions, command: VerifyCommand): Promise<void> {
  const judged = await askWindow(file, options, command);
  console.log(command.json ? JSON.stringify(judged, undefined, 2) : formatWindow(judged).join('\n'));
  process.exitCode = windowCode(judged);
}

async function askWindow(file: string, options: VerifyOptions, { covers, bundles }: VerifyCommand): Promise<WindowVerification> {
  if (covers !== undefined && covers.length !== 2) throw new Error('--covers takes two instants: FROM TO.');
  const [from, to] = (covers ?? []).map(toInstant);
  if (from !== undefined && to !== undefined && from >= to) throw new Error('--covers FROM TO: FROM must be before TO.');
  const folder = bundles === undefined ? undefined : readdirSync(bundles).filter((name) => name.endsWith('.wacz'));
  const inFolder = folder?.sort().map((name) => path.join(bundles!, name));
  return await verifyWindow(file, { ...options, from, to, bundles: inFolder });
}

const windowCode = ({ verdict, coverage, missing = [] }: WindowVerification): number =>
  Math.max(exitCodes[verdict], coverageCodes[coverage], missing.length > 0 ? 1 : 0);

function toInstant(text: string): string {
  const instant = parseInstant(text);
  if (instant === undefined) throw new Error(`"${text}" is no instant such as 2026-03-01T00:00:00Z.`);
  return instant;
}
