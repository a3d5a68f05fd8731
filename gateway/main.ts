import type { FastifyInstance } from 'fastify';
import { createAdminApp } from './admin/admin-app.ts';
import { readOrCreateAdminToken } from './admin/admin-token.ts';
import { createMetrics } from './admin/metrics.ts';
import { createApp } from './app.ts';
import { type Config, type ConfigMistake, loadConfig } from './config.ts';
import { createReconciliation } from './reconcile.ts';
import { openRecorder } from './record/open-recorder.ts';
import type { Recorder } from './record/recorder.ts';
import { openStages } from './stages.ts';

export type RunningGateway = { readonly url: string; readonly adminUrl: string; close(): Promise<void> };

/** The configuration cannot be used; `mistakes` names them all. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';
  readonly mistakes: readonly ConfigMistake[];

  constructor(path: string, mistakes: readonly ConfigMistake[]) {
    super(
      [
        `The configuration ${path} has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:`,
        ...mistakes.map((each) => `  ${each.path}: ${each.message}`),
      ].join('\n'),
    );
    this.mistakes = mistakes;
  }
}

/** Starts the whole gateway. Throws ConfigRefused with every mistake, or the recorder's own error (a journal in use or damaged). */
export async function startGateway(configPath: string): Promise<RunningGateway> {
  const loaded = await loadConfig(configPath);
  if (!loaded.ok) throw new ConfigRefused(configPath, loaded.error);
  const config = loaded.value;
  const recorder = await recoverRecorder(config);
  const stages = await openStages(config, recorder);
  refuseBrokenPolicy(configPath, stages.folder.mistakes);
  stages.folder.watch();
  const metrics = createMetrics(stages);
  const app = await createApp({ config, recorder, stages, onEnd: metrics.count });
  const admin = createAdminApp({ stages, metrics, token: await readOrCreateAdminToken(config.dataDirectory) });
  const url = await app.listen(config.listen);
  const adminUrl = await admin.listen(config.admin.listen);
  console.log(`Steno gateway at ${toPublic(config, url)}, admin at ${adminUrl}`);
  return { url, adminUrl, close: () => closeInOrder([app, admin], () => recorder.close()) };
}

/** Takes the journal, and asks BigQuery what became of the exchanges that a crash left open. */
async function recoverRecorder(config: Config): Promise<Recorder> {
  const reconciliation = createReconciliation(config);
  try {
    return await openRecorder({
      directory: config.dataDirectory,
      reconcile: reconciliation.reconcile,
      onDown: (error) => console.error(`The recorder stopped, and with it all work: ${error.message}`),
    });
  } finally {
    await reconciliation.close();
  }
}

/** A policy that is invalid from the start is a mistake of the configuration; one that becomes invalid later leaves the last good. */
function refuseBrokenPolicy(configPath: string, mistakes: readonly { readonly file: string; readonly message: string }[]): void {
  if (mistakes.length === 0) return;
  throw new ConfigRefused(
    configPath,
    mistakes.map(({ file, message }) => ({ path: `policy ${file}`, message })),
  );
}

/** No new requests; what is under way ends; then the record is closed. */
async function closeInOrder(apps: readonly FastifyInstance[], closeRecorder: () => Promise<void>): Promise<void> {
  await Promise.all(apps.map((app) => app.close()));
  await closeRecorder();
}

const toPublic = ({ publicUrl }: Config, url: string): string => publicUrl ?? url;
