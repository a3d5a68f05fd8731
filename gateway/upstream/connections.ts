import { Pool } from 'undici';
import type { Config, Connection } from '../config.ts';
import { type Credential, createCredential } from './credential.ts';

export type Upstream = {
  readonly name: string;
  readonly pool: Pool;
  readonly origin: string /** Of the endpoint, without a slash at the end. */;
  readonly basePath: string;
  readonly credential: Credential;
};

/** Longer than any client may ask BigQuery to wait (timeoutMs is at most 200 s). */
const headersTimeout = 10 * 60_000;
const bodyTimeout = 5 * 60_000;

/** One connection pool per configured connection to BigQuery. */
export class Connections {
  readonly #byName = new Map<string, Upstream>();
  readonly #byProject = new Map<string, Upstream>();

  constructor(connections: readonly Connection[], limits: Config['limits']) {
    for (const connection of connections) {
      const upstream = open(connection, limits.connectionsPerUpstream);
      this.#byName.set(connection.name, upstream);
      for (const project of connection.projects) this.#byProject.set(project, upstream);
    }
  }

  forProject(projectId: string): Upstream | undefined {
    return this.#byProject.get(projectId) ?? this.#byProject.get('*');
  }

  byName(name: string): Upstream {
    return this.#byName.get(name)!;
  }

  all(): readonly Upstream[] {
    return [...this.#byName.values()];
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map(({ pool }) => pool.close()));
  }
}

function open({ name, endpoint, credentials }: Connection, connections: number): Upstream {
  const url = new URL(endpoint);
  const pool = new Pool(url.origin, {
    connections,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    headersTimeout,
    bodyTimeout,
    connect: { timeout: 10_000 },
  });
  return { name, pool, origin: url.origin, basePath: url.pathname.replace(/\/$/, ''), credential: createCredential(credentials) };
}
