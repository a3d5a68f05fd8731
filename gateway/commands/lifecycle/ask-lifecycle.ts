import { existsSync } from 'node:fs';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { lifecycleRoutes } from '../../admin/lifecycle-routes.ts';
import { openArchive } from '../../archive/archive.ts';
import { Sealer } from '../../archive/seal-sessions.ts';
import { sweepArchive } from '../../archive/sweep-archive.ts';
import type { Config } from '../../config.ts';
import { RefreshCredentials } from '../../identity/refresh-credentials.ts';
import { openRecorder } from '../../record/open-recorder.ts';
import { decideRetention } from '../../retention/decide-retention.ts';
import { HoldRegister } from '../../retention/hold-register.ts';
import { Lifecycle } from '../../retention/lifecycle.ts';
import type { Subject } from '../../retention/lifecycle-context.ts';
import { JobOwners } from '../../session/job-owners.ts';
import { Ledger } from '../../session/ledger.ts';
import { UserGrants, userGrantsFile } from '../../upstream/per-user/user-grants.ts';
import { createAdminClient, NoGateway } from '../admin-client.ts';

type Method = 'GET' | 'POST';

/** Asks the gateway that runs with this configuration; where none runs, this process takes its place for the moment. The answers are the same. */
export async function askLifecycle(config: Config, path: string, method: Method, json?: unknown): Promise<unknown> {
  try {
    return await createAdminClient(config).ask(path, method, json);
  } catch (error) {
    if (!(error instanceof NoGateway) && !isWithoutToken(error)) throw error;
    return await askHere(config, path, method, json);
  }
}

/** The gateway never ran here. */
const isWithoutToken = (error: unknown): boolean => error instanceof Error && error.message.startsWith('No admin token');

/** Throws JournalLeased when a gateway runs after all. */
async function askHere(config: Config, path: string, method: Method, json: unknown): Promise<unknown> {
  const { dataDirectory: directory, storage, retention } = config;
  const recorder = await openRecorder({ directory });
  const archive = await openArchive(directory, storage);
  try {
    await sweepArchive(archive);
    const holds = new HoldRegister(directory);
    const sealer = new Sealer({
      archive,
      enter: (entry) => recorder.enter(entry),
      decideRetention: (facts) => decideRetention(retention, holds, facts),
    });
    const lifecycle = new Lifecycle({
      archive,
      retention,
      recorder,
      holds,
      seal: () => sealer.run(),
      closeSession: (sessionId) => recorder.closeSession(sessionId, 'erasure'),
      forget: (subject) => forgetHere(config, subject),
    });
    await lifecycle.start();
    return await inject(lifecycle, path, method, json);
  } finally {
    await archive.close();
    await recorder.close();
  }
}

async function inject(lifecycle: Lifecycle, path: string, method: Method, json: unknown): Promise<unknown> {
  const app = Fastify({ logger: false }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  lifecycleRoutes(app, { lifecycle: async () => lifecycle });
  const answer = await app.inject({ method, url: `/admin/${path}`, ...(json === undefined ? {} : { payload: json as object }) });
  const body = answer.json<{ error?: string }>();
  if (answer.statusCode !== 200) throw new Error(body.error ?? `answered ${answer.statusCode}`);
  return body;
}

async function forgetHere({ dataDirectory, people }: Config, subject: Subject): Promise<void> {
  const ledger = new Ledger(dataDirectory);
  await new JobOwners(ledger).forget(subject.issuer, subject.subject);
  await ledger.close();
  if (existsSync(userGrantsFile(dataDirectory))) {
    const grants = new UserGrants(dataDirectory);
    grants.forget(subject.issuer, subject.subject);
    grants.close();
  }
  if (people === undefined) return;
  const credentials = new RefreshCredentials(dataDirectory, { maxMs: 0, idleMs: 0, perPerson: 0 }, () => true);
  credentials.erase(subject);
  credentials.close();
}
