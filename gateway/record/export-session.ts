import { existsSync } from 'node:fs';
import { BundleWriter } from '../../shared/bundle/bundle-writer.ts';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { type SignerKey, toVerifierKey } from '../../shared/bundle/ed25519-key.ts';
import { inclusionProof } from '../../shared/bundle/merkle-tree.ts';
import { formatTlogProof } from '../../shared/bundle/tlog-proof.ts';
import { copySession } from './copy-session.ts';
import { type CatalogSession, type JournalCatalog, readCatalog } from './journal-catalog.ts';
import { stateOf } from './list-sessions.ts';
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
};

export type ExportSummary = {
  readonly outputPath: string;
  readonly sessionId: string;
  readonly sessionName: string;
  readonly snapshot: boolean;
  readonly exchanges: number;
  readonly leaves: number;
  readonly manifestSha256: string;
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

/** Writes a session as a bundle, in bounded memory, from durable frames only. */
export async function exportSession(options: ExportOptions): Promise<ExportSummary> {
  const { directory, outputPath } = options;
  if (existsSync(outputPath)) throw new ExportRefused('EXPORT_OUTPUT_EXISTS', `${outputPath} exists already; choose another name.`);
  const catalog = readCatalog(directory);
  const session = findSession(catalog, options.session);
  const snapshot = stateOf(session) === 'open';
  if (snapshot && options.snapshot !== true) {
    const message = `Session ${session.name} (${session.sessionId}) is still open; close it first, or export it as a snapshot (--snapshot).`;
    throw new ExportRefused('EXPORT_SESSION_OPEN', message);
  }
  const { head, proof } = proveHead(catalog, session);
  const writerKey = loadKey(writerKeyFile(directory));
  const exporterKey = options.exporterKey ?? loadOrCreateKey(exporterKeyFile(), 'steno.local/exporter');
  const at = (options.now?.() ?? new Date()).toISOString();
  const writer = new BundleWriter(outputPath);
  try {
    await writer.members.begin({ at: session.startedAt, software: SOFTWARE, sessionId: session.sessionId });
    await copySession(catalog, session, head.leaf.size, writer.members);
    const keys = [writerKey, exporterKey].map((key) => toVerifierKey(key.name, key.publicKey).text);
    const { sessionId, name: sessionName } = session;
    const { exportedBy, reason } = options;
    const written = await writer.finish({
      sessionId,
      sessionName,
      snapshot,
      head: head.text,
      proof,
      keys,
      software: SOFTWARE,
      at,
      exportedBy,
      reason,
      exporterKey,
    });
    return { outputPath, sessionId, sessionName, snapshot, ...written, writerKey: writerKey.text, exporterKey: exporterKey.text };
  } catch (error) {
    writer.discard();
    throw error;
  }
}

function findSession(catalog: JournalCatalog, wanted: string): CatalogSession {
  const sessions = [...catalog.sessions.values()];
  const byId = sessions.find((session) => session.sessionId === wanted);
  const byName = sessions.findLast((session) => session.name === wanted);
  const found = byId ?? byName ?? (wanted === 'latest' ? sessions.at(-1) : undefined);
  if (found !== undefined) return found;
  const known = sessions.length === 0 ? 'nothing is recorded yet' : `the newest is ${sessions.at(-1)!.name}`;
  throw new ExportRefused('EXPORT_NO_SESSION', `There is no session "${wanted}"; ${known}. "steno sessions" lists them.`);
}

function proveHead(catalog: JournalCatalog, session: CatalogSession) {
  const parsed = parseCheckpoint(catalog.checkpoint ?? '');
  const { head } = session;
  if (head === undefined || catalog.checkpoint === undefined || parsed === undefined || parsed.checkpoint.size <= head.leaf.index) {
    throw new ExportRefused('EXPORT_NOT_SIGNED', `Session ${session.name} has no signed head yet; try again in two seconds.`);
  }
  const { index } = head.leaf;
  const path = inclusionProof(catalog.writerLog.slice(0, parsed.checkpoint.size), index);
  return { head, proof: formatTlogProof(index, path, catalog.checkpoint) };
}
