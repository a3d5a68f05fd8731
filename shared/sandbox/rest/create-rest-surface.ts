// BigQuery's REST surface on an engine.
import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine/engine.ts';
import { createRestApp } from './create-rest-app.ts';
import type { FaultOptions } from './faults.ts';
import { createHandlers } from './handlers.ts';
import { createEngineRunner, type EngineRunnerOptions } from './jobs/create-engine-runner.ts';
import { createJobStore, type JobStore } from './jobs/job-store.ts';
import { createRequestIds } from './jobs/request-ids.ts';
import { createMiniStorage } from './objects/mini-storage.ts';
import { createObjectStore, type ObjectStore } from './objects/object-store.ts';
import { isPublicProject } from './resources/projects.ts';
import { bigQueryPageLimits, type PageLimits } from './rows/read-page.ts';
import { answerTokenRequest } from './token-endpoint.ts';
import { createResumableUploads } from './upload/resumable-uploads.ts';

export type RestSurfaceOptions = {
  readonly faults?: FaultOptions | undefined;
  /** Absent: BigQuery's. Load tests may lift them. */
  readonly pageLimits?: PageLimits | undefined;
  /** Who jobs belong to; any credential is accepted. */
  readonly userEmail?: string | undefined;
  /** How long a job takes at least, in ms: for tests of clients that wait. */
  readonly jobDelayMs?: EngineRunnerOptions['delayMs'];
  readonly jobs?: JobStore;
  /** What `gs://` means; a store of its own without one. */
  readonly objects?: ObjectStore;
};

export type RestSurface = {
  readonly app: FastifyInstance;
  /** Stops listening, aborts what runs, forgets what was uploaded. The engine is its owner's to close. */
  close(): Promise<void>;
};

export function createRestSurface(engine: Engine, options: RestSurfaceOptions = {}): RestSurface {
  const { faults, pageLimits: limits = bigQueryPageLimits, userEmail = 'sandbox@example.com', jobs = createJobStore() } = options;
  const objects = options.objects ?? createObjectStore();
  const { createPath } = objects;
  const handlers = createHandlers(engine, {
    jobs,
    runner: createEngineRunner(engine, objects, { delayMs: options.jobDelayMs }),
    requestIds: createRequestIds(),
    limits,
    userEmail,
    uploads: createResumableUploads(createPath),
    createPath,
  });
  const serveStorage = createMiniStorage(objects);
  const app = createRestApp({
    handlers,
    faults,
    defaultProject: onlyProject(engine),
    elsewhere: (request, reply) => answerTokenRequest(request, reply) ?? serveStorage(request, reply),
  });
  return {
    app,
    async close() {
      await app.close();
      await jobs.close();
      await objects.close();
    },
  };
}

const onlyProject =
  ({ catalog }: Engine) =>
  (): string | undefined => {
    const projects = catalog.listProjects().filter((each) => !isPublicProject(each) && catalog.listDatasets(each).length > 0);
    return projects.length === 1 ? projects[0] : undefined;
  };
