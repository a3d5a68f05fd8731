import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { canonicalJson } from '../../base/canonical-json.ts';
import { parseCheckpoint } from '../checkpoint.ts';
import { parseVerifierKey } from '../ed25519-key.ts';
import { type WriterLeaf, writerLeafSchema } from '../format.ts';
import { leafHash, TreeHead } from '../merkle-tree.ts';
import { parseJsonLine } from '../read-evidence.ts';
import { judgeLog, type LogCheck } from '../trust/judge-log.ts';
import type { Verdict } from '../verification.ts';
import type { VerifyOptions } from '../verify-bundle.ts';
import { compareBundles } from './compare-bundles.ts';
import { type Coverage, coverageOf, findGaps, type Gap } from './find-gaps.ts';
import { isInstant } from './parse-instant.ts';
import { type WindowFile, windowFileSchema } from './window-file.ts';
import { countQuiet, findNumberFaults, sessionsOf, type WindowSession } from './window-sessions.ts';

export type WindowVerification = {
  readonly path: string;
  readonly verdict: Verdict;
  readonly coverage: Coverage;
  readonly writer: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly gaps: readonly Gap[];
  readonly sessions: readonly Omit<WindowSession, 'head'>[];
  /** Open sessions that did nothing in the window, so that only their number is known. */
  readonly quietSessions: number;
  /** Sessions of the window without a sound bundle among those given; `undefined` when none were given. */
  readonly missing: readonly number[] | undefined;
  readonly checks: readonly LogCheck[];
};

export type WindowQuestion = VerifyOptions & {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Files of bundles that are said to be all there are. */
  readonly bundles?: readonly string[] | undefined;
};

/** By its first bytes. */
export function isWindowFile(file: string): boolean {
  const fd = openSync(file, 'r');
  try {
    const head = Buffer.alloc(256);
    return /^\s*\{/.test(head.toString('latin1', 0, readSync(fd, head))) && head.includes('steno-window');
  } finally {
    closeSync(fd);
  }
}

/** Was this time recorded without a gap, and are these all its sessions? Never throws on bad data. */
export async function verifyWindow(path: string, question: WindowQuestion): Promise<WindowVerification> {
  const checks: LogCheck[] = [];
  const read = readWindow(path, checks);
  if (read === undefined)
    return {
      path,
      verdict: 'not-sound',
      coverage: 'not-covered',
      writer: undefined,
      from: undefined,
      to: undefined,
      gaps: [],
      sessions: [],
      quietSessions: 0,
      missing: undefined,
      checks,
    };
  const { window, entries } = read;
  const from = question.from ?? window.from;
  const to = question.to ?? window.to;
  const gaps = findGaps(entries, window.first === 0, from, to);
  checkSignature(window, entries, question, checks);
  const sessions = sessionsOf(entries, from, to);
  const bundles = question.bundles && (await compareBundles(window, entries, sessions, question.bundles, question));
  checks.push(...(bundles?.checks ?? []));
  const verdict = verdictOf(checks);
  return {
    path,
    verdict,
    coverage: verdict === 'not-sound' ? 'not-covered' : coverageOf(gaps, from, to),
    writer: window.writer,
    from,
    to,
    gaps,
    sessions: sessions.map(({ number, sessionId, name, openedAt }) => ({ number, sessionId, name, openedAt })),
    quietSessions: countQuiet(entries, from, to),
    missing: bundles?.missing,
    checks,
  };
}

function readWindow(
  path: string,
  checks: LogCheck[],
): { readonly window: WindowFile; readonly entries: readonly WriterLeaf[] } | undefined {
  const parsed = windowFileSchema.safeParse(parseJsonLine(readFileSync(path)));
  // A time that ends before it begins has no gaps.
  if (!parsed.success || !isInstant(parsed.data.from) || !isInstant(parsed.data.to) || parsed.data.from >= parsed.data.to) {
    checks.push({ name: 'window', subject: path, status: 'failed', detail: 'is no window of a writer log, or does not fit the format' });
    return undefined;
  }
  checks.push({
    name: 'window',
    subject: path,
    status: 'passed',
    detail: `entries ${parsed.data.first} to ${parsed.data.first + parsed.data.leaves.length - 1}`,
  });
  const window = parsed.data;
  const entries: WriterLeaf[] = [];
  const faults: string[] = [];
  window.leaves.forEach((text, place) => {
    const leaf = writerLeafSchema.safeParse(parseJsonLine(Buffer.from(text)));
    const index = window.first + place;
    if (!leaf.success || !isInstant(leaf.data.at) || !text.isWellFormed() || canonicalJson(leaf.data) !== text) {
      faults.push(`entry ${index}: does not fit the format`);
      return;
    }
    const before = entries.at(-1);
    if (leaf.data.index !== index) faults.push(`entry ${index}: says that it is entry ${leaf.data.index}`);
    if (before !== undefined && leaf.data.at < before.at) faults.push(`entry ${index}: its clock stood before the entry before it`);
    if ('writer' in leaf.data && leaf.data.writer !== window.writer) faults.push(`entry ${index}: is of another writer`);
    entries.push(leaf.data);
  });
  checks.push(toCheck('entries', `${window.leaves.length} entries follow each other, and their clock never stepped back`, faults));
  checks.push(toCheck('session-numbers', 'no number is missing', findNumberFaults(entries)));
  return entries.length === 0 ? undefined : { window, entries };
}

const toCheck = (name: string, detail: string, faults: readonly string[]): LogCheck =>
  faults.length === 0
    ? { name, subject: 'writer log', status: 'passed', detail }
    : { name, subject: 'writer log', status: 'failed', detail: faults.slice(0, 20).join('; ') };

function checkSignature(window: WindowFile, entries: readonly WriterLeaf[], question: WindowQuestion, checks: LogCheck[]): void {
  const parsed = parseCheckpoint(window.checkpoint);
  const tree = treeOf(window);
  const isProven =
    parsed !== undefined &&
    parsed.extensions.length === 0 &&
    tree !== undefined &&
    parsed.checkpoint.origin === window.writer &&
    parsed.checkpoint.size === tree.size &&
    parsed.checkpoint.root === tree.root();
  const detail = isProven
    ? `nothing is left out up to entry ${tree.size - 1}: together they make the signed tree`
    : 'the entries do not make the tree that was signed';
  checks.push({ name: 'writer-log', subject: window.writer, status: isProven ? 'passed' : 'failed', detail });
  if (parsed === undefined) return;
  const pinned = question.pinnedKeys.map((text) => parseVerifierKey(text)).filter((key) => key !== undefined);
  checks.push(...judgeLog(parsed.note, window.writer, entries.at(-1)!.at, window, pinned, question.trustRoot).checks);
}

function treeOf({ first, border, leaves }: WindowFile): TreeHead | undefined {
  if (border.length !== first.toString(2).replaceAll('0', '').length) return undefined;
  const tree = new TreeHead(first, border);
  for (const leaf of leaves) tree.append(leafHash(leaf));
  return tree;
}

/** Bundles that are missing say nothing against the log. */
function verdictOf(checks: readonly LogCheck[]): Verdict {
  if (checks.some(({ name, status }) => status === 'failed' || (status === 'missing' && name === 'recorder-signature'))) return 'not-sound';
  return checks.some(({ name, status }) => status === 'missing' && name !== 'bundles') ? 'sound-unknown-key' : 'sound';
}
