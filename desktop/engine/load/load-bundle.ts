import type { DuckDBConnection } from '@duckdb/node-api';
import type { Bundle } from '../../../shared/bundle/bundle.ts';
import { toTimestamp } from '../../../shared/derived/exchange-facts.ts';
import { fillTables } from '../../../shared/derived/fill-tables.ts';
import { openTableWriter, type TableWriter } from '../../../shared/derived/table-writer.ts';
import type { EvidenceCheck } from './evidence.ts';
import { loadDerived } from './load-derived.ts';

export type LoadOptions = {
  readonly connection: DuckDBConnection;
  /** The attached database whose empty tables are filled. */
  readonly catalog: string;
  /** What verification found; it ran before. */
  readonly checks: readonly EvidenceCheck[];
  /** Verification found the bundle sound and its manifest signed by a pinned key: only then are tables taken that came along. */
  readonly trustsExporter?: boolean;
  /** Where files may be put for a while. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (exchangesLoaded: number) => void;
};

export type LoadOutcome = {
  readonly exchangesLoaded: number;
  /** What stopped the reading of a damaged bundle; what came before it is loaded. */
  readonly fault?: unknown;
};

/** Rows are seen from the first commit on. Commits cost a disk flush each: soon for the first, then by the clock. */
const firstCommitAt = 4096;
const commitEveryMs = 1500;
const breatheEvery = 1024;

/** Fills a bundle's tables, from `derived/` where its exporter is known, else from the records. Memory is bounded, whatever the size of the bundle. */
export async function loadBundle(bundle: Bundle, options: LoadOptions): Promise<LoadOutcome> {
  const { connection, catalog } = options;
  await connection.run('BEGIN');
  const isDerived = options.trustsExporter === true && (await loadDerived(bundle, connection, catalog, options.folder));
  const outcome = isDerived ? { exchangesLoaded: bundle.manifest.steno.exchanges } : await rebuild(bundle, options);
  await writeAboutBundle(bundle, options);
  await connection.run('COMMIT');
  options.onProgress(outcome.exchangesLoaded);
  return outcome;
}

/** From the records themselves: what is on the screen was verified. */
async function rebuild(bundle: Bundle, { connection, catalog, signal, onProgress }: LoadOptions): Promise<LoadOutcome> {
  let committedAt = performance.now();
  const { exchanges, ...fault } = await fillTables(bundle, connection, catalog, async (exchangesLoaded, flush) => {
    if (signal.aborted) return false;
    if (exchangesLoaded % breatheEvery !== 0) return true;
    if (exchangesLoaded === firstCommitAt || performance.now() - committedAt > commitEveryMs) {
      flush();
      await connection.run('COMMIT');
      onProgress(exchangesLoaded);
      await connection.run('BEGIN');
      committedAt = performance.now();
    } else await new Promise((resolve) => setImmediate(resolve));
    return true;
  });
  return { exchangesLoaded: exchanges, ...fault };
}

async function writeAboutBundle(bundle: Bundle, { connection, catalog, checks }: LoadOptions): Promise<void> {
  const session = await openTableWriter(connection, catalog, 'session');
  session.write(toSessionRow(bundle));
  session.close();
  const integrity = await openTableWriter(connection, catalog, 'integrity_check');
  for (const { name, subject, status, detail } of checks) integrity.write([name, subject, status, detail]);
  integrity.close();
}

function toSessionRow({ session, manifestSha256, exporter }: Bundle): Parameters<TableWriter['write']>[0] {
  const { head, principal } = session;
  return [
    session.sessionId,
    session.name,
    principal?.kind,
    principal?.issuer,
    principal?.subject,
    toTimestamp(session.startedAt),
    undefined,
    head.state,
    undefined,
    head.writer,
    manifestSha256,
    exporter.by,
    exporter.at,
  ];
}
