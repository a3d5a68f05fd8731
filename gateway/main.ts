import type { FastifyInstance } from 'fastify';
import { type AdminOptions, createAdminApp } from './admin/admin-app.ts';
import { readOrCreateAdminToken } from './admin/admin-token.ts';
import { createMetrics } from './admin/metrics.ts';
import { createApp } from './app.ts';
import { startSealing } from './archive/start-sealing.ts';
import { readAuthority } from './attest/ask-authority.ts';
import { Attestor } from './attest/attestor.ts';
import { type Config, type ConfigMistake, loadConfig } from './config.ts';
import { isLoopback } from './config-people.ts';
import { behindTls, checkTls, openTls } from './doors/tls-server.ts';
import { Drain } from './drain.ts';
import type { Exchange } from './exchange.ts';
import { fenceRecorder } from './fence-recorder.ts';
import { findUnusableSecrets } from './find-unusable-secrets.ts';
import { describeExchange } from './observe/describe-exchange.ts';
import { log, writeFacts } from './observe/log.ts';
import { loadPolicySet } from './policy/policy-folder.ts';
import { createReconciliation } from './reconcile.ts';
import { openRecorder } from './record/open-recorder.ts';
import type { Recorder } from './record/recorder.ts';
import { writerKeysOf } from './record/rotate-key.ts';
import { HoldRegister } from './retention/hold-register.ts';
import { startLifecycle, toDecision } from './retention/start-lifecycle.ts';
import { openStages } from './stages.ts';
import { createCredential } from './upstream/credential.ts';

export type RunningGateway = {
  readonly url: string;
  readonly adminUrl: string;
  readonly proxyUrl?: string;
  /** Longest time that `close` takes, but for the record itself. */
  readonly shutdownMs: number;
  /** No new requests; what is under way ends, or is cut off after `shutdownSeconds`; then the record is closed. */
  close(): Promise<void>;
  /** What is under way is cut off at once, if `close` was called. */
  hurry(): void;
};

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
  log.level = process.env['STENO_LOG_LEVEL'] ?? config.log.level;
  const mistakes = await findBrokenFiles(config);
  if (mistakes.length > 0) throw new ConfigRefused(configPath, mistakes);
  const attestor = new Attestor(config, (trouble) => log.warn(trouble));
  const recovered = await recoverRecorder(config, attestor);
  const recorder = await fenceRecorder(recovered, config).catch(async (error) => {
    await recovered.close();
    throw error;
  });
  try {
    return await listen(config, recorder, attestor);
  } catch (error) {
    await recorder.close();
    throw error;
  }
}

async function listen(config: Config, recorder: Recorder, attestor: Attestor): Promise<RunningGateway> {
  attestor.start(recorder);
  const stages = await openStages(config, recorder);
  stages.folder.watch();
  const holds = new HoldRegister(config.dataDirectory);
  const decideRetention = toDecision(config.retention, holds);
  const sealing = startSealing({
    directory: config.dataDirectory,
    storage: config.storage,
    recorder,
    decideRetention,
    onTrouble: tellTrouble,
  });
  const lifecycle = startLifecycle({
    config,
    recorder,
    sealing,
    holds,
    log,
    closeSession: async (id) => (await stages.sessions.close(id)) || recorder.closeSession(id, 'erasure'),
    forget: async ({ issuer, subject }) => {
      stages.credentials?.erase({ issuer, subject });
      await stages.owners.forget(issuer, subject);
      for (const each of stages.accounts) await each.forget({ issuer, subject });
    },
  });
  const metrics = createMetrics({ ...stages, sealing });
  const tracing = config.telemetry && (await import('./observe/trace-exchanges.ts')).openTracing(config.telemetry);
  const onEnd = (exchange: Exchange): void => {
    metrics.count(exchange);
    tracing?.trace(exchange);
    logEnd(exchange);
  };
  const drain = new Drain(config.shutdownSeconds * 1000);
  const app = await createApp({ config, recorder, stages, onEnd, drain });
  const writerKeys = writerKeysOf(config.dataDirectory);
  const admin = await openAdmin(config, { stages: { ...stages, sealing, drain, lifecycle, writerKeys }, metrics });
  try {
    const url = await app.listen(config.listen);
    const adminUrl = await admin.listen(config.admin.listen);
    const proxy =
      config.proxy && (await (await import('./doors/listen-as-proxy.ts')).listenAsProxy(config.proxy, app, () => drain.isClosing));
    log.info({ admin: adminUrl, proxy: proxy?.url }, `Steno gateway at ${config.publicUrl ?? url}`);
    const close = async (): Promise<void> => {
      await app.close();
      proxy?.close();
      await closeInOrder([admin], async () => {
        await lifecycle.close();
        await sealing.close();
        await recorder.close();
        await attestor.close();
      });
      await tracing?.close();
    };
    const shutdownMs = config.shutdownSeconds * 1000;
    return { url, adminUrl, ...(proxy === undefined ? {} : { proxyUrl: proxy.url }), shutdownMs, close, hurry: () => drain.hurry() };
  } catch (error) {
    await Promise.all([app.close(), admin.close(), lifecycle.close(), sealing.close()]);
    throw error;
  }
}

async function openAdmin(config: Config, parts: Pick<AdminOptions, 'stages' | 'metrics'>): Promise<FastifyInstance> {
  const tls = await openTls({ ...config, tls: config.admin.tls });
  const token = await readOrCreateAdminToken(config.dataDirectory);
  const admin = await createAdminApp({ ...parts, token, ...(tls === undefined ? {} : { server: behindTls(tls) }) });
  admin.addHook('onClose', async () => tls?.close());
  if (tls === undefined && !isLoopback(config.admin.listen.host))
    log.warn(`The admin token travels in clear to ${config.admin.listen.host}: set admin.tls, or listen on 127.0.0.1`);
  return admin;
}

const logEnd = (exchange: Exchange): void =>
  writeFacts((exchange.ending?.status ?? 0) >= 500 ? 'warn' : 'info', describeExchange(exchange), 'exchange ended');

const tellTrouble = (trouble: string | undefined): void =>
  trouble === undefined
    ? log.info('Closed sessions are sealed again')
    : log.warn(`Closed sessions cannot be sealed, and wait in the journal: ${trouble}`);

/**
 * What the configuration names must be usable from the start: a policy that becomes invalid later leaves the last good one in force,
 * but here there is none.
 */
async function findBrokenFiles(config: Config): Promise<ConfigMistake[]> {
  const { policy, connections, proxy, tls, admin } = config;
  const loaded = await loadPolicySet(policy.directory);
  const mistakes = loaded.ok ? [] : loaded.error.map(({ file, message }) => ({ path: `policy ${file}`, message }));
  if (proxy !== undefined) {
    const { loadCertificateAuthority } = await import('./doors/certificate-authority.ts');
    await loadCertificateAuthority(proxy.certificateAuthority).catch((error: Error) =>
      mistakes.push({ path: 'proxy.certificateAuthority', message: error.message }),
    );
  }
  mistakes.push(...(await findUnusableSecrets(config)));
  if (config.timestamping !== undefined) {
    try {
      readAuthority(config.timestamping);
    } catch (error) {
      mistakes.push({ path: 'timestamping.certificates', message: (error as Error).message });
    }
  }
  await checkTls(tls).catch((error: Error) => mistakes.push({ path: 'tls', message: error.message }));
  await checkTls(admin.tls).catch((error: Error) => mistakes.push({ path: 'admin.tls', message: error.message }));
  for (const { name, credentials } of connections) {
    try {
      createCredential(credentials);
    } catch (error) {
      mistakes.push({ path: `connection ${name}`, message: (error as Error).message });
    }
  }
  return mistakes;
}

/** Of bodies on their way to the disk; beyond it, answers wait. Two of the journal's batches: while one is written the other fills. */
const queueBytes = 2 * 2 ** 20;

/** Takes the journal, and asks BigQuery what became of the exchanges that a crash left open. */
async function recoverRecorder(config: Config, attestor: Attestor): Promise<Recorder> {
  const reconciliation = createReconciliation(config);
  try {
    return await openRecorder({
      directory: config.dataDirectory,
      reconcile: reconciliation.reconcile,
      escrow: config.recording.escrow,
      queueBytes,
      onSigned: attestor.onSigned,
      onDown: (error) => log.fatal(`The recorder stopped, and with it all work: ${error.message}`),
    });
  } finally {
    await reconciliation.close();
  }
}

/** No new requests; what is under way ends; then the record is closed. */
async function closeInOrder(apps: readonly FastifyInstance[], closeRecorder: () => Promise<void>): Promise<void> {
  await Promise.all(apps.map((app) => app.close()));
  await closeRecorder();
}
