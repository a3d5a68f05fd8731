import { BundleError } from '../bundle-error.ts';
import { bundlePaths, type SessionHead, sessionHeadSchema, type WriterLeaf } from '../format.ts';
import { parseJsonLine } from '../read-evidence.ts';
import type { LogCheck } from '../trust/judge-log.ts';
import { readMember } from '../trust/read-member.ts';
import { type VerifyOptions, verifyBundle } from '../verify-bundle.ts';
import { ZipArchive } from '../zip-archive.ts';
import type { WindowFile } from './window-file.ts';
import type { WindowSession } from './window-sessions.ts';

export type BundleComparison = { readonly missing: readonly number[]; readonly checks: readonly LogCheck[] };

/** Which sessions of the window have no bundle; a bundle of the same writer that says otherwise than the log is a fault. */
export async function compareBundles(
  window: WindowFile,
  entries: readonly WriterLeaf[],
  sessions: readonly WindowSession[],
  files: readonly string[],
  options: VerifyOptions,
): Promise<BundleComparison> {
  const checks: LogCheck[] = [];
  const found = new Map<number, SessionHead>();
  for (const file of files) {
    const verdict = (await verifyBundle(file, options)).verdict;
    const read = verdict === 'not-sound' ? undefined : await readHead(file);
    if (read === undefined)
      checks.push({ name: 'bundles', subject: file, status: 'missing', detail: 'is not sound, and counts for nothing' });
    else if (read.head.writer !== window.writer)
      checks.push({ name: 'bundles', subject: file, status: 'missing', detail: 'is of another writer' });
    else if (contradicts(window, entries, sessions, read))
      checks.push({ name: 'bundles', subject: file, status: 'failed', detail: 'says otherwise than the log: one of the two was forked' });
    else if ((found.get(read.head.number)?.size ?? -1) < read.head.size) found.set(read.head.number, read.head);
  }
  const isThere = ({ number, head }: WindowSession): boolean => (found.get(number)?.size ?? -1) >= head.size;
  const missing = sessions.filter((session) => !isThere(session)).map(({ number }) => number);
  const detail =
    missing.length === 0
      ? `all ${sessions.length} sessions of the window are there`
      : `sessions ${missing.join(', ')} are missing or not whole`;
  return {
    missing,
    checks: [...checks, { name: 'bundles', subject: 'sessions', status: missing.length === 0 ? 'passed' : 'missing', detail }],
  };
}

type ReadHead = { readonly head: SessionHead; readonly text: string };

async function readHead(file: string): Promise<ReadHead | undefined> {
  try {
    const zip = await ZipArchive.open(file);
    try {
      const bytes = await readMember(zip, bundlePaths.sessionHead);
      const head = sessionHeadSchema.safeParse(bytes && parseJsonLine(bytes));
      return bytes !== undefined && head.success ? { head: head.data, text: bytes.toString('utf8') } : undefined;
    } finally {
      await zip.close();
    }
  } catch (error) {
    if (error instanceof BundleError) return undefined;
    throw error;
  }
}

function contradicts(
  { first, leaves }: WindowFile,
  entries: readonly WriterLeaf[],
  sessions: readonly WindowSession[],
  { head, text }: ReadHead,
): boolean {
  const place = head.index - first;
  if (place >= 0 && place < entries.length && leaves[place] !== text) return true;
  return sessions.some(({ number, sessionId }) => (number === head.number) !== (sessionId === head.sessionId));
}
