// The mock BigQuery: its REST surface on the engine, or on a recording.
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { assert } from '../base/assert.ts';
import { createEngine } from './engine/create-engine.ts';
import type { Engine } from './engine/engine.ts';
import { createRecordedSurface } from './rest/create-recorded-surface.ts';
import { createRestSurface, type RestSurface, type RestSurfaceOptions } from './rest/create-rest-surface.ts';
import { createJobJournal, readJobJournal } from './rest/jobs/job-journal.ts';
import { createJobStore } from './rest/jobs/job-store.ts';
import { toJobFacts } from './rest/jobs/to-job-facts.ts';
import { createObjectStore } from './rest/objects/object-store.ts';
import type { RecordedAnswers } from './rest/recorded-answers.ts';
import { openRows } from './rest/rows/tabledata.ts';
import { seedPublicData } from './seed/seed-public-data.ts';

export type SandboxOptions = Omit<RestSurfaceOptions, 'jobs' | 'objects'> & {
  /** Where tables live; absent: in memory. */
  readonly directory?: string | undefined;
  readonly threads?: number | undefined;
  /** DuckDB's own word for it: '1GB'. */
  readonly memoryLimit?: string | undefined;
  /** With the tables of `bigquery-public-data` that examples read (seed/seed-public-data.ts). */
  readonly publicData?: boolean | undefined;
  /** Answer from these and from nothing else: no engine is started. */
  readonly recorded?: RecordedAnswers | undefined;
};

export type Sandbox = {
  readonly app: FastifyInstance;
  /** Throws in recorded mode, which has none. */
  readonly engine: Engine;
  /** Resolves with the address, such as `http://127.0.0.1:9050`. Port 0 takes a free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  close(): Promise<void>;
};

export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { directory, threads, memoryLimit, recorded, publicData, ...surfaceOptions } = options;
  if (recorded !== undefined) return toSandbox(createRecordedSurface(recorded, surfaceOptions), undefined);
  const journalPath = directory && join(directory, 'jobs.ndjson');
  const jobs = createJobStore({ journal: journalPath ? createJobJournal(journalPath) : undefined });
  const objects = createObjectStore({ directory: directory && join(directory, 'objects') });
  const engine = await createEngine({
    jobs: (projectId) => jobs.list(projectId).map(toJobFacts),
    objects,
    ...(directory === undefined ? {} : { directory }),
    ...(threads === undefined ? {} : { threads }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
  });
  if (journalPath) jobs.restore(readJobJournal(journalPath, (table, schema, totalRows) => openRows(engine, table, schema, totalRows)));
  if (publicData) await seedPublicData(engine);
  return toSandbox(createRestSurface(engine, { ...surfaceOptions, jobs, objects }), engine);
}

const toSandbox = ({ app, close }: RestSurface, engine: Engine | undefined): Sandbox => ({
  app,
  get engine() {
    assert(engine !== undefined, 'a sandbox in recorded mode has no engine');
    return engine;
  },
  listen: ({ host, port }) => app.listen({ host, port }),
  async close() {
    await close();
    await engine?.close();
  },
});
