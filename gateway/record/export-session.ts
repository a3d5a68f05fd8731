import { existsSync, renameSync, rmSync } from 'node:fs';
import { BundleWriter } from '../../shared/bundle/bundle-writer.ts';
import type { SignerKey } from '../../shared/bundle/ed25519-key.ts';
import { type BundleEnding, zipMembers } from '../../shared/bundle/zip-members.ts';
import { openArchive } from '../archive/archive.ts';
import { openManifest } from '../archive/open-recording.ts';
import type { RecordingManifest } from '../archive/recording-manifest.ts';
import type { Config } from '../config.ts';
import { findLost } from './check-grown.ts';
import { copySession } from './copy-session.ts';
import { type CatalogSession, type JournalCatalog, readCatalog } from './journal-catalog.ts';
import { journalFolder } from './list-segments.ts';
import { stateOf } from './list-sessions.ts';
import { proveHead } from './prove-head.ts';
import { JournalLost } from './record-errors.ts';
import { SOFTWARE } from './software.ts';
import { exporterKeyFile, loadKey, loadOrCreateKey, writerKeyFile } from './writer-key.ts';

export type ExportOptions = {
  /** Data directory of the gateway, running or not. */
  readonly directory: string;
  /** Id or name of a session (the newest of that name), or `latest`. */
  readonly session: string;
  readonly outputPath: string;
  readonly exportedBy: string;
  readonly reason?: string | undefined;
  /** Export a session that is still open, up to its last signed head. */
  readonly snapshot?: boolean | undefined;
  /** Default: the key in the user's configuration folder, made on first use. */
  readonly exporterKey?: SignerKey | undefined;
  readonly now?: (() => Date) | undefined;
  /** Where sealed sessions are, as configured. */
  readonly storage?: Config['storage'];
  /** With tables beside the records, for fast loading by who trusts the exporter. */
  readonly derived?: boolean | undefined;
  /** Bytes of recorded answers whose rows come along, typed. Default: 1 GiB. */
  readonly rowBytes?: number | undefined;
  /** What making the tables may take, as DuckDB writes it; unless told, up to 512MB. */
  readonly tableMemory?: string | undefined;
};

export type ExportSummary = {
  readonly outputPath: string;
  readonly sessionId: string;
  readonly sessionName: string;
  readonly snapshot: boolean;
  readonly exchanges: number;
  readonly leaves: number;
  readonly manifestSha256: string;
  /** Why the bundle has no tables, where they were asked for. */
  readonly withoutTables?: string;
  /** Public keys to pin, as `NAME+ID+BASE64`. */
  readonly writerKey: string;
  readonly exporterKey: string;
};

/** What keeps a session from being exported; the message says what to do. */
export class ExportRefused extends Error {
  readonly code: 'EXPORT_NO_SESSION' | 'EXPORT_SESSION_OPEN' | 'EXPORT_NOT_SIGNED' | 'EXPORT_OUTPUT_EXISTS';

  constructor(code: ExportRefused['code'], message: string) {
    super(message);
    this.name = 'ExportRefused';
    this.code = code;
  }
}

/** Writes a session as a bundle, in bounded memory, from durable frames only; a sealed session from what was sealed. */
export async function exportSession(options: ExportOptions): Promise<ExportSummary> {
  const { outputPath } = options;
  if (existsSync(outputPath)) throw new ExportRefused('EXPORT_OUTPUT_EXISTS', `${outputPath} exists already; choose another name.`);
  try {
    return await exportOnce(options);
  } catch (error) {
    // The journal let go of the session while we read it there: by now it is sealed.
    if (!isRetired(error, options.directory)) throw withCause(error, options.directory);
    return await exportOnce(options);
  }
}

/** Where the journal is gone, no waiting brings back what it held. */
function withCause(error: unknown, directory: string): unknown {
  const lost = error instanceof ExportRefused ? findLost(directory, readCatalog(directory).writerLog.length) : undefined;
  return lost === undefined ? error : new JournalLost(directory, lost);
}

const isRetired = (error: unknown, directory: string): boolean =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' && String((error as NodeJS.ErrnoException).path).startsWith(journalFolder(directory));

async function exportOnce(options: ExportOptions): Promise<ExportSummary> {
  const { directory, outputPath } = options;
  const catalog = readCatalog(directory);
  const session = findSession(catalog, options.session);
  const snapshot = stateOf(session) === 'open';
  if (snapshot && options.snapshot !== true) {
    const message = `Session ${session.name} (${session.sessionId}) is still open; close it first, or export it as a snapshot (--snapshot).`;
    throw new ExportRefused('EXPORT_SESSION_OPEN', message);
  }
  const ending = toEnding(options, catalog, session, snapshot);
  const write = (to: ExportOptions): Promise<Written> =>
    session.recording === undefined
      ? writeFromJournal(to, catalog, session, ending)
      : writeFromArchive(to, session.recording.manifest, ending);
  const written = await (options.derived === true ? writeWithTables(options, ending, write) : write(options));
  const { sessionId, sessionName, writerKey, exporterKey } = ending;
  return { outputPath, sessionId, sessionName, snapshot, ...written, writerKey: writerKey.text, exporterKey: exporterKey.text };
}

type Written = Pick<ExportSummary, 'exchanges' | 'leaves' | 'manifestSha256' | 'withoutTables'>;
type Ending = BundleEnding & { readonly writerKey: SignerKey };

function toEnding(options: ExportOptions, catalog: JournalCatalog, session: CatalogSession, snapshot: boolean): Ending {
  const { directory, exportedBy, reason } = options;
  const { head } = session;
  const proven = head && proveHead(directory, catalog, head.leaf);
  if (head === undefined || proven === undefined)
    throw new ExportRefused('EXPORT_NOT_SIGNED', `Session ${session.name} has no signed head yet; try again in two seconds.`);
  const writerKey = loadKey(writerKeyFile(directory));
  const exporterKey = options.exporterKey ?? loadOrCreateKey(exporterKeyFile(), 'steno.local/exporter');
  return {
    sessionId: session.sessionId,
    sessionName: session.name,
    snapshot,
    head: head.text,
    proof: proven.proof,
    keys: [...proven.keys, exporterKey.text],
    extras: proven.extras,
    software: SOFTWARE,
    at: (options.now?.() ?? new Date()).toISOString(),
    exportedBy,
    reason,
    custody: session.recording?.manifest.custody ?? [],
    exporterKey,
    writerKey,
  };
}

/**
 * The tables are made of the finished bundle, by the code that would make them when it is opened; then it is written again, with them. Where memory does
 * not suffice for them the bundle goes without: they prove nothing, and whoever opens it makes them.
 */
async function writeWithTables(
  options: ExportOptions,
  ending: Ending,
  write: (options: ExportOptions) => Promise<Written>,
): Promise<Written> {
  const { addDerived } = await import('../../shared/derived/add-derived.ts');
  const { isMemoryTrouble } = await import('../../shared/derived/memory-trouble.ts');
  const toTrouble = (error: unknown): Pick<ExportSummary, 'withoutTables'> => {
    if (!isMemoryTrouble(error)) throw error;
    return { withoutTables: (error as Error).message.split('\n')[0]! };
  };
  const [plain, draft] = ['plain', 'whole'].map((each) => `${options.outputPath}.${process.pid}.${each}`) as [string, string];
  try {
    const written = await write({ ...options, outputPath: plain });
    const added = await addDerived(plain, draft, ending, options).catch(toTrouble);
    renameSync(typeof added === 'string' ? draft : plain, options.outputPath);
    return { ...written, ...(typeof added === 'string' ? { manifestSha256: added } : added) };
  } finally {
    for (const file of [plain, draft]) rmSync(file, { force: true });
  }
}

async function writeFromJournal(
  { outputPath }: ExportOptions,
  catalog: JournalCatalog,
  session: CatalogSession,
  ending: Ending,
): Promise<Written> {
  const writer = new BundleWriter(outputPath);
  try {
    await writer.members.begin({ at: session.startedAt, software: SOFTWARE, sessionId: session.sessionId });
    await copySession(catalog, session, session.head!.leaf.size, writer.members);
    return await writer.finish(ending);
  } finally {
    writer.discard();
  }
}

/** The members are copied as they were sealed, decrypted and checked on the way. */
async function writeFromArchive(
  { directory, storage, outputPath }: ExportOptions,
  manifest: RecordingManifest,
  ending: Ending,
): Promise<Written> {
  const archive = await openArchive(directory, storage);
  const draft = `${outputPath}.${process.pid}.draft`;
  try {
    const recording = openManifest(manifest, archive.store, archive.keys);
    const members = manifest.files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256, read: () => recording.read(path) }));
    const { exchanges, leaves } = manifest;
    const manifestSha256 = await zipMembers(draft, members, { exchanges, leaves }, ending);
    renameSync(draft, outputPath);
    return { manifestSha256, exchanges, leaves };
  } finally {
    rmSync(draft, { force: true });
    await archive.close();
  }
}

function findSession(catalog: JournalCatalog, wanted: string): CatalogSession {
  const found = catalog.find(wanted);
  if (found !== undefined) return found;
  const newest = catalog.find('latest');
  const known = newest === undefined ? 'nothing is recorded yet' : `the newest is ${newest.name}`;
  throw new ExportRefused('EXPORT_NO_SESSION', `There is no session "${wanted}"; ${known}. "steno sessions" lists them.`);
}
