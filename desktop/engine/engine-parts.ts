import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIdentities } from '../../shared/bundle/age-keys.ts';
import { pinnedKeysFile } from '../../shared/bundle/pinned-keys.ts';
import type { EngineEvent } from '../../shared/contract/events.ts';
import type { Finding } from '../../shared/contract/finding.ts';
import { type CustodyLog, openCustodyLog } from './custody/custody-log.ts';
import { createExchangeList, type ExchangeList } from './exchange/exchange-list.ts';
import { createFindings } from './findings/find-findings.ts';
import { openPinnedKeys, type PinnedKeys } from './integrity/pinned-keys.ts';
import type { Evidence } from './load/evidence.ts';
import { createFileEvidence } from './load/file-evidence.ts';
import { createReplays, type Replays } from './replay/replays.ts';
import { createResultRelations, type ResultRelations } from './result/result-relations.ts';
import { createReviewCase, type ReviewCase } from './review-case.ts';
import { createSearch, type Search } from './search/search-case.ts';
import { createSqlConsole, type SqlConsole } from './sql/sql-console.ts';
import { forkWorker, type StartWorker } from './sql/start-worker.ts';

export type ReviewEngineOptions = {
  /** The bundled sql/sql-worker.ts; in the source tree it is found by itself. */
  readonly workerPath?: string;
  /** The bundled replay/replay-worker.ts; unless told, `replay-worker.js` beside `workerPath`. */
  readonly replayWorkerPath?: string;
  /** How those files become processes; `child_process.fork` unless told. */
  readonly startWorker?: StartWorker;
  /** Keeps pinned keys and the custody log; `false` keeps nothing. Unless told, where the command line keeps its own: `~/.config/steno`. */
  readonly settingsDirectory?: string | false;
  /** Public keys (`NAME+ID+BASE64`) to trust beside the pinned ones. */
  readonly pinnedKeys?: readonly string[];
  /** Files with age identities, for bundles that are encrypted; beside them `~/.config/steno/age-identity` is looked into. */
  readonly identityFiles?: readonly string[];
  /** DuckDB's words, for the case and for one SQL run. */
  readonly memoryLimit?: string;
  readonly sqlMemoryLimit?: string;
  readonly sqlTimeoutMs?: number;
  readonly threads?: number;
  /** Where bundles come from: files, unless a test says otherwise. */
  readonly evidence?: Evidence;
};

/** What the calls work with. */
export type EngineParts = {
  readonly review: ReviewCase;
  readonly keys: PinnedKeys;
  readonly exchanges: ExchangeList;
  readonly results: ResultRelations;
  readonly sql: SqlConsole;
  readonly findings: () => Promise<readonly Finding[]>;
  readonly search: Search;
  readonly replays: Replays;
  readonly custody: CustodyLog;
  close(): Promise<void>;
};

const workerInTree = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export async function createEngineParts(options: ReviewEngineOptions, emit: (event: EngineEvent) => void): Promise<EngineParts> {
  const settings = options.settingsDirectory ?? dirname(pinnedKeysFile());
  const fileOf = (name: string): string | undefined => (settings === false ? undefined : join(settings, name));
  const keys = await openPinnedKeys(fileOf('pinned-keys'), options.pinnedKeys);
  const custody = await openCustodyLog(fileOf('custody.ndjson'));
  const review = await createReviewCase({
    evidence: options.evidence ?? createFileEvidence(() => readIdentities(options.identityFiles ?? [])),
    memoryLimit: options.memoryLimit ?? '2GB',
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    pinnedKeys: keys.texts,
    onProgress: (state) => emit({ kind: 'case:progress', state }),
    onCheck: (bundleId, { name, subject, status, detail }) =>
      emit({ kind: 'integrity:check', bundleId, check: { name, subject, status, ...(detail === undefined ? {} : { detail }) } }),
  });
  const results = createResultRelations(review);
  const startWorker = options.startWorker ?? forkWorker;
  const sql = createSqlConsole({
    review,
    results,
    startWorker,
    workerPath: options.workerPath ?? workerInTree('./sql/sql-worker.ts'),
    memoryLimit: options.sqlMemoryLimit ?? '1GB',
    timeoutMs: options.sqlTimeoutMs ?? 120_000,
  });
  const replays = createReplays({
    review,
    results,
    startWorker,
    workerPath: toReplayWorkerPath(options),
    memoryLimit: options.sqlMemoryLimit ?? '1GB',
    onProgress: (progress) => emit({ kind: 'replay:progress', progress }),
  });
  return {
    review,
    keys,
    exchanges: createExchangeList(review),
    results,
    sql,
    findings: createFindings(review),
    search: createSearch(review),
    replays,
    custody,
    close: async () => {
      sql.close();
      await replays.cancel();
      await review.close();
    },
  };
}

function toReplayWorkerPath({ workerPath, replayWorkerPath }: ReviewEngineOptions): string {
  if (replayWorkerPath !== undefined) return replayWorkerPath;
  return workerPath === undefined ? workerInTree('./replay/replay-worker.ts') : join(dirname(workerPath), 'replay-worker.js');
}
