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

/** One connection pool per configured connection to BigQuery. */
export class Connections {
  readonly #byName = new Map<string, Upstream>();
  readonly #byProject = new Map<string, Upstream>();

  constructor(connections: readonly Connection[], limits: Config['limits']) {
    for (const connection of connections) {
      const upstream = open(connection, limits);
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

function open({ name, endpoint, credentials }: Connection, limits: Config['limits']): Upstream {
  const url = new URL(endpoint);
  const bodyTimeout = limits.upstreamSilenceSeconds * 1000;
  const pool = new Pool(url.origin, {
    connections: limits.connectionsPerUpstream,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    // With the default longer than any client may ask BigQuery to wait (timeoutMs is at most 200 s).
    headersTimeout: bodyTimeout * 2,
    bodyTimeout,
    connect: { timeout: 10_000 },
  });
  return { name, pool, origin: url.origin, basePath: url.pathname.replace(/\/$/, ''), credential: createCredential(credentials) };
}
